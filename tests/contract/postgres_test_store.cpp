// SPDX-License-Identifier: MIT
#include "contract/postgres_test_store.hpp"

#include "support/raw_postgres.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace crier::test {
namespace {

// A transaction that holds what every writer needs.
struct PostgresLock {
  explicit PostgresLock(const std::string& conninfo) : raw(conninfo) {
    raw.exec(
        "BEGIN; SELECT FROM crierLock FOR UPDATE; SELECT FROM crierLog FOR UPDATE; "
        "LOCK TABLE crierCache IN SHARE MODE");
  }
  RawPostgres raw;
};

class PostgresTestStore final : public TestStore {
 public:
  std::unique_ptr<Store> open(std::chrono::milliseconds deadline) override {
    return open_store(space_.url("&deadline=" + std::to_string(deadline.count()) + "ms"));
  }
  void execute(const std::string& sql) override { space_.execute(sql); }
  void pass(std::chrono::milliseconds duration) override {
    const std::string ms = std::to_string(duration.count());
    std::string sql;
    const auto age = [&](const std::string& table, const std::vector<std::string>& columns) {
      for (const std::string& column : columns) {
        sql += "UPDATE " + table + " SET " + column + " = " + column + " - (" + ms + "); ";
      }
    };
    age("crierNode", {"startedMs", "beatMs", "stoppedMs", "lastErrorMs", "provedMs"});
    sql += "UPDATE crierNode SET pausedUntilMs = pausedUntilMs - (" + ms +
           ") WHERE pausedUntilMs <> 0; ";
    age("crierLease", {"heldMs", "expiresMs"});
    age("crierPosition", {"seenMs"});
    age("crierPruned", {"prunedMs"});
    age("crierWait", {"untilMs"});
    age("crierFailure", {"failedMs"});
    age("crierCanary", {"sentMs"});
    age("crierEvent", {"atMs"});
    age("crierProgress", {"reachedMs"});
    age("crierAudit", {"atMs"});
    age("crierCache", {"expiresMs", "absoluteMs"});
    execute(sql +
            "UPDATE crierCacheInstruction SET utcStamp = to_char(utcStamp::timestamp - interval '" +
            ms + " milliseconds', 'YYYY-MM-DD HH24:MI:SS.MS') WHERE utcStamp <> ''");
  }
  void refuse(std::string_view originated) override {
    execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'refused'; END $$; "
        "CREATE TRIGGER refuse BEFORE INSERT ON crierCacheInstruction FOR EACH ROW "
        "WHEN (NEW.originated = '" +
        std::string(originated) + "') EXECUTE FUNCTION refuse()");
  }
  std::shared_ptr<void> lock() override {
    return std::make_shared<PostgresLock>(space_.conninfo());
  }

 private:
  const MigratedSpace space_;
};

}  // namespace

std::unique_ptr<TestStore> make_postgres_test_store() {
  return std::make_unique<PostgresTestStore>();
}

}  // namespace crier::test
