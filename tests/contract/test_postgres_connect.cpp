// SPDX-License-Identifier: MIT
// What a server that refuses a connection leads to.
#include <crier/admin/store.hpp>

#include "contract/postgres_test_store.hpp"
#include "store/postgres/config.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/translate.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <exception>
#include <libpq-fe.h>
#include <memory>
#include <string>
#include <thread>

namespace crier::test {
namespace {

// A role of one test.
struct OwnRole : MigratedSpace {
  explicit OwnRole(const std::string& attributes) {
    execute("CREATE ROLE " + name + " LOGIN " + attributes + "; GRANT USAGE ON SCHEMA " + schema() +
            " TO " + name + "; GRANT ALL ON ALL TABLES IN SCHEMA " + schema() + " TO " + name +
            "; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA " + schema() + " TO " + name);
  }
  ~OwnRole() {
    try {
      execute("DROP OWNED BY " + name + "; DROP ROLE " + name);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it goes with the server
    }
  }
  OwnRole(const OwnRole&) = delete;
  OwnRole& operator=(const OwnRole&) = delete;

  [[nodiscard]] std::unique_ptr<Store> open() const {
    return open_store("postgresql://" + name + "@/crier?deadline=30s&host=" + postgres_folder() +
                      "&schema=" + schema());
  }
  const std::string name = "r" + schema();
};

TEST_CASE("postgres: a server that has no room may have some soon") {
  if (postgres_folder().empty()) {
    return;
  }
  const OwnRole role("CONNECTION LIMIT 1");
  const auto store = role.open();
  auto first = store->connect(Access::read_write);
  const Error error = error_of([&] { static_cast<void>(store->connect(Access::read_write)); });
  CHECK(error.retryable());
  const std::string message = error.what();
  CHECK_MESSAGE(
      message.ends_with("FATAL: too many connections for role \"" + role.name + "\"; try again"),
      message);
}

TEST_CASE("postgres: what is set for a role does not reach crier's sessions") {
  if (postgres_folder().empty()) {
    return;
  }
  const OwnRole role("");
  for (const char* setting :
       {"default_transaction_isolation = 'serializable'", "statement_timeout = 1",
        "default_transaction_isolation = 'repeatable read'", "client_encoding = 'LATIN1'"}) {
    role.execute("ALTER ROLE " + role.name + " SET " + setting);
  }
  const auto store = role.open();
  const auto one = store->connect(Access::read_write);
  const auto other = store->connect(Access::read_write);
  // Whoever waited for the counter goes on from what it holds then.
  RawPostgres holder(role.conninfo());
  holder.exec(
      "BEGIN; UPDATE crierLog SET newest = newest + 1; INSERT INTO crierCacheInstruction "
      "VALUES (1, '2026-01-01 00:00:00.000', '[]', 'x', 1)");
  std::jthread release([&] {
    RawPostgres watcher(role.conninfo());
    CHECK(eventually([&] {
      return watcher.value("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + role.name +
                           "' AND wait_event_type = 'Lock'") != "0";
    }));
    holder.exec("COMMIT");
  });
  const EntryId id = append(*one, new_entry("[\"\xc3\xa9\"]"));
  release.join();
  CHECK(id == EntryId{2});
  CHECK(other->log().find({2}).value().json_instruction == "[\"\xc3\xa9\"]");
}

TEST_CASE("postgres: who is ended for standing still in a transaction may try again") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  std::string code;
  // At times libpq notices the closed connection before it has read why.
  CHECK(eventually([&] {
    RawPostgres still(space.conninfo());
    still.exec("SET idle_in_transaction_session_timeout = 1; BEGIN");
    REQUIRE(eventually([&] {
      return RawPostgres(space.conninfo())
                 .value("SELECT count(*) FROM pg_stat_activity WHERE pid = " +
                        std::to_string(PQbackendPID(still.handle()))) == "0";
    }));
    PQsendQuery(still.handle(), "SELECT 1");
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQgetResult(still.handle()),
                                                                PQclear);
    const char* const field = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    code = field == nullptr ? "" : field;
    return code == postgres::kIdleInTransaction;
  }));
  CHECK(translate("append", {postgres::Failure::Cause::server, "x", code},
                  postgres::parse_postgres_url(space.url()), Access::read_write)
            .retryable());
}

TEST_CASE(
    "postgres: that another log stands there is told to who follows it, whoever looks first") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto store = open_store(space.url("&deadline=30s"));
  const auto reader = store->connect(Access::read_only);
  space.execute("UPDATE crierLog SET identity = gen_random_uuid()");
  const auto keeper = store->connect(Access::read_write);
  CHECK(keeper->log().read_after({}).entries.empty());
  CHECK(error_of([&] { static_cast<void>(reader->log().read_after({})); }).replaced());
  CHECK(reader->log().read_after({}).entries.empty());  // once
}

}  // namespace
}  // namespace crier::test
