// SPDX-License-Identifier: MIT
#include "contract/sqlite_test_store.hpp"

#include "support/temp_dir.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

// A raw connection that holds the write lock.
struct SqliteLock {
  explicit SqliteLock(const std::string& path) : database(path, SQLite::OPEN_READWRITE) {}
  SQLite::Database database;
  SQLite::Transaction transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
};

class SqliteTestStore final : public TestStore {
 public:
  SqliteTestStore() { open(std::chrono::seconds(30))->connect(Access::create)->schema().migrate(); }

  std::unique_ptr<Store> open(std::chrono::milliseconds deadline) override {
    return open_store("sqlite:" + path_ + "?deadline=" + std::to_string(deadline.count()) + "ms");
  }
  void execute(const std::string& sql) override {
    SQLite::Database(path_, SQLite::OPEN_READWRITE, 30'000).exec(sql);
  }
  void pass(std::chrono::milliseconds duration) override {
    const std::string ms = std::to_string(duration.count());
    const auto age = [&](const std::string& table, const std::vector<std::string>& columns) {
      for (const std::string& column : columns) {
        execute("UPDATE " + table + " SET " + column + " = " + column + " - (" + ms + ")");
      }
    };
    age("crierNode", {"startedMs", "beatMs", "stoppedMs", "lastErrorMs", "provedMs"});
    execute("UPDATE crierNode SET pausedUntilMs = pausedUntilMs - (" + ms +
            ") WHERE pausedUntilMs <> 0");
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
    execute(
        "UPDATE crierCacheInstruction SET utcStamp = strftime('%Y-%m-%d %H:%M:%f', utcStamp, '" +
        std::to_string(-static_cast<double>(duration.count()) / 1000) + " seconds') " +
        "WHERE utcStamp <> ''");
  }
  void refuse(std::string_view originated) override {
    execute("CREATE TRIGGER refuse BEFORE INSERT ON crierCacheInstruction WHEN NEW.originated = '" +
            std::string(originated) + "' BEGIN SELECT RAISE(ABORT, 'refused'); END");
  }
  std::shared_ptr<void> lock() override { return std::make_shared<SqliteLock>(path_); }

 private:
  TempDir dir_;
  const std::string path_ = dir_ / "contract.db";
};

}  // namespace

std::unique_ptr<TestStore> make_sqlite_test_store() { return std::make_unique<SqliteTestStore>(); }

}  // namespace crier::test
