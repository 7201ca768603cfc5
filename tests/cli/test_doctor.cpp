// SPDX-License-Identifier: MIT
#include "cli/cluster.hpp"
#include "json.hpp"
#include "support/unprivileged.hpp"
#include "table.hpp"

#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace crier::test {
namespace {

namespace fs = std::filesystem;
using cli::Json;
using namespace std::chrono_literals;

// What a run of the doctor has said, check by check.
class Doctor {
 public:
  explicit Doctor(const std::string& store) {
    const Outcome outcome = run_doctor({"--json"}, store);
    CHECK(outcome.err.empty());
    code_ = outcome.code;
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);) {
      checks_.push_back(Json::parse(line));
    }
  }

  [[nodiscard]] int code() const { return code_; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const Json& check : checks_) {
      names.push_back(check["check"]);
    }
    return names;
  }
  // "wrong: what was found (what mends it)"
  [[nodiscard]] std::string of(const std::string& name) const {
    for (const Json& check : checks_) {
      if (check["check"] == name) {
        const Json& mend = check["mend"];
        return check["verdict"].get<std::string>() + ": " + check["found"].get<std::string>() +
               (mend.is_null() ? "" : " (" + mend.get<std::string>() + ")");
      }
    }
    return "";
  }

 private:
  int code_ = -1;
  std::vector<Json> checks_;
};

// Whoever is no member of the folder's group may enter it, and write what may be written.
void share(const Database& database, fs::perms folder, fs::perms file) {
  fs::permissions(database.folder().path(), folder);
  for (const auto& one : fs::directory_iterator(database.folder().path())) {
    fs::permissions(one, fs::perms(0666));
  }
  fs::permissions(database.path(), file);
}

TEST_CASE("the doctor looks at everything, in an order that stays") {
  const Healthy healthy;
  const Doctor found(healthy.database.path());
  CHECK(found.code() == 0);
  CHECK(found.names() == std::vector<std::string>{"database", "schema", "triggers", "journal",
                                                  "file-system", "disk", "library", "rights",
                                                  "plans", "wake-up", "publish", "log", "nodes",
                                                  "leader", "names"});
  CHECK(found.of("database") == "ok: sqlite:" + healthy.database.path());
  CHECK(found.of("schema") == "ok: version 8, which is this crier's, and no part is missing");
  CHECK(found.of("triggers").starts_with("ok: "));
  CHECK(found.of("journal").starts_with("ok: a write-ahead log of "));
  CHECK(found.of("rights") == "ok: this user may read, publish, prune and migrate");
  CHECK(found.of("wake-up").starts_with("ok: a ring is heard after "));
  CHECK(found.of("log") == "ok: entries 1 to 12, nothing pruned");
  CHECK(found.of("nodes") == "ok: 1 live, 0 stale, 0 stopped");
  CHECK(found.of("leader") == "ok: web-1 (vm-1, pid 17), for another 8 h 59 m");
  CHECK(found.of("names").starts_with("ok: "));
}

TEST_CASE("what the doctor says to people fits 80 columns, and is not hoisted") {
  const Database database;
  run_sql(database.path(), "PRAGMA journal_mode = delete");
  const Outcome outcome = run_doctor({}, database.path());
  CHECK(outcome.code == 0);
  CHECK(outcome.out.starts_with("ok       database     sqlite:" + database.path() +
                                "\nok       schema       version 8, "));
  CHECK(outcome.out.find("\nwarning  journal      the database '") != std::string::npos);
  CHECK(outcome.out.find("\n                      mend: it gets one with: ") != std::string::npos);
  CHECK(outcome.out.ends_with("names        no two live nodes bear one name\n"));
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(cli::columns_of(line) <= 80);
  }
}

TEST_CASE("the doctor could not look if there is no database, or none that can be read") {
  const Doctor none("/no/such/x.db");
  CHECK(none.code() == 4);
  CHECK(none.names() == std::vector<std::string>{"database"});
  CHECK(none.of("database") ==
        "wrong: no database at '/no/such/x.db' (create it with: crier --store /no/such/x.db "
        "migrate)");
  CHECK(run_tool({"doctor"}, "", "/no/such/x.db") ==
        Outcome{4,
                "wrong  database  no database at '/no/such/x.db'\n"
                "                 mend: create it with: crier --store /no/such/x.db migrate\n",
                ""});
  const TempDir folder;
  const std::string notes = folder / "notes.txt";
  std::ofstream(notes) << std::string(5000, 'x');
  CHECK(Doctor(notes).code() == 4);
  CHECK(run_tool({"doctor"}).code == 2);
  CHECK(run_tool({"doctor"}, "", "redis:x").code == 2);
}

TEST_CASE("the doctor names what makes the tables, and what mends them") {
  const Database database;
  const std::string command = "crier --store " + database.path() + " migrate";
  const auto schema = [&] {
    const Doctor found(database.path());
    CHECK(found.code() == 3);
    CHECK(found.of("log").empty());  // nothing can be known of it
    CHECK(found.of("rights").starts_with("ok: "));
    return found.of("schema");
  };
  SUBCASE("older") {
    run_sql(database.path(),
            "DROP TABLE crierHybrid; DROP TABLE crierEvent; DROP TABLE "
            "crierRefresher; DROP TABLE crierProgress; DROP TABLE crierAudit; DELETE FROM "
            "crierMigration WHERE version > 4");
    CHECK(schema().find(" (upgrade them with: " + command + " ") != std::string::npos);
  }
  SUBCASE("a part is missing") {
    run_sql(database.path(), "DROP TABLE crierNode");
    CHECK(schema() == "wrong: the database '" + database.path() +
                          "' was migrated, and is not as that left it: the table crierNode is gone "
                          "(restore the database from a backup, or mend it with: " +
                          command + " --repair)");
    CHECK(database.run({"migrate", "--repair"}).code == 0);
    CHECK(Doctor(database.path()).code() == 0);
  }
  SUBCASE("an index is missing, which costs no more than time") {
    run_sql(database.path(), "DROP INDEX crierFailureOfNode");
    const Doctor found(database.path());
    CHECK(found.code() == 0);
    CHECK(found.of("schema") == "warning: the database '" + database.path() +
                                    "' was migrated, and is not as that left it: the index "
                                    "crierFailureOfNode is gone (restore the database from a "
                                    "backup, or mend it with: " +
                                    command + " --repair)");
    CHECK(database.run({"migrate", "--repair"}).code == 0);
    CHECK(Doctor(database.path()).of("schema").starts_with("ok: "));
  }
  SUBCASE("none") {
    const std::string other = database.folder() / "other.db";
    run_sql(other, "CREATE TABLE products (id INTEGER PRIMARY KEY)");
    const Doctor found(other);
    CHECK(found.code() == 3);
    CHECK(found.of("schema") == "wrong: the database '" + other +
                                    "' has no tables of crier's (create them with: crier --store " +
                                    other + " migrate)");
    CHECK(found.of("wake-up").empty());
  }
}

TEST_CASE("the doctor warns of a file without a write-ahead log") {
  const Database database;
  run_sql(database.path(), "PRAGMA journal_mode = delete");
  const Doctor found(database.path());
  CHECK(found.code() == 0);
  CHECK(found.of("journal") ==
        "warning: the database '" + database.path() +
            "' has no write-ahead log (its journal mode is delete), so that whoever reads holds up "
            "publishes and beats (it gets one with: crier --store " +
            database.path() + " migrate)");
  CHECK(database.run({"migrate"}).code == 0);
  CHECK(Doctor(database.path()).of("journal").starts_with("ok: "));
}

TEST_CASE("a write-ahead log that has grown far too long is told, and its size") {
  const Database database;
  SQLite::Database open(database.path(), SQLite::OPEN_READWRITE);
  open.exec("PRAGMA user_version = 1");  // something stands in its log
  const auto status = [&] {
    return Json::parse(database.run({"status", "--min-nodes", "0", "--json"}).out);
  };
  const std::string size = std::to_string(fs::file_size(database.path() + "-wal"));
  CHECK(status()["walBytes"] == std::stoi(size));
  CHECK(database.run({"metrics"}).out.find("\ncrier_wal_bytes " + size + "\n") !=
        std::string::npos);
  CHECK(status()["warnings"].empty());
  fs::resize_file(database.path() + "-wal", 65 * 1024 * 1024);
  CHECK(status()["walBytes"] == 65 * 1024 * 1024);
  const std::string told =
      "a write-ahead log of 65.0 MiB: a reader that does not end keeps, or has kept, it from "
      "beginning anew";
  CHECK(status()["warnings"][0]["what"].get<std::string>().find("'" + database.path() + "' has " +
                                                                told) != std::string::npos);
  CHECK(status()["warnings"][0]["next"].get<std::string>().starts_with(
      "end that reader, then: sqlite3 "));
  const Doctor found(database.path());
  CHECK(found.code() == 0);
  CHECK(found.of("journal").find(told + " (end that reader, then: sqlite3 ") != std::string::npos);
}

TEST_CASE("the doctor finds lost triggers") {
  const Database database;
  run_sql(database.path(),
          "CREATE TABLE products (id INTEGER PRIMARY KEY); CREATE TABLE orders (id INTEGER PRIMARY "
          "KEY)");
  for (const std::string table : {"products", "orders"}) {
    run_sql(database.path(),
            database.run({"sql-trigger", "--table", table, "--refresher", kProducts}).out);
  }
  CHECK(Doctor(database.path()).of("triggers").starts_with("ok: "));
  run_sql(database.path(), "DROP TRIGGER crier_products_insert");
  const Doctor found(database.path());
  CHECK(found.code() == 3);
  CHECK(found.of("triggers") ==
        "wrong: the triggers on the table 'products' in the database '" + database.path() +
            "' are gone, so that nobody is told of its changes (what this prints makes them again: "
            "crier sql-trigger --table products --refresher " +
            kProducts + ")");
  CHECK(found.of("log").starts_with("ok: "));
  run_sql(database.path(), "DROP TRIGGER crier_orders_insert");
  CHECK(Doctor(database.path()).of("triggers").ends_with("see all of them: crier status)"));
  CHECK(Doctor(database.path()).of("triggers").find(" (and 1 more)") != std::string::npos);
}

TEST_CASE("the doctor tells a reader that he may not write, which is no fault") {
  const Database database;
  share(database, fs::perms(0777), fs::perms(0444));
  fs::remove(database.path() + "-doorbell");
  const Unprivileged nobody;
  const Doctor found(database.path());
  CHECK(found.code() == 0);
  CHECK(found.of("rights").starts_with(
      "warning: this user may read, and not publish, prune or migrate: '" + database.path() +
      "' may not be written ("));
}

TEST_CASE("the doctor finds a doorbell that can't be made") {
  const Database database;
  // Beside a file that nobody has open SQLite would have to make files of its own, too.
  SQLite::Database open(database.path(), SQLite::OPEN_READWRITE);
  static_cast<void>(open.execAndGet("SELECT count(*) FROM crierNode"));
  fs::remove(database.path() + "-doorbell");
  const std::string bell = "'" + database.path() + "-doorbell'";
  SUBCASE("by somebody who may write the database, and not its folder") {
    share(database, fs::perms(0555), fs::perms(0666));
    const Unprivileged nobody;
    const Doctor found(database.path());
    CHECK(found.code() == 3);
    CHECK(found.of("rights").starts_with("wrong: this user may write '" + database.path() +
                                         "', and not its folder '"));
    CHECK(found.of("wake-up") == "wrong: not woken: can't open " + bell +
                                     ": Permission denied (mend what it names; until then nodes "
                                     "poll)");
  }
  SUBCASE("by somebody who may only read, which tells nothing of others") {
    share(database, fs::perms(0555), fs::perms(0444));
    const Unprivileged nobody;
    const Doctor found(database.path());
    CHECK(found.code() == 0);
    CHECK(found.of("wake-up") == "warning: not woken: there is no " + bell +
                                     " yet, and who may not write the database makes none (try "
                                     "again as a user who may write: this one need not be able to "
                                     "ring)");
  }
  fs::permissions(database.folder().path(), fs::perms(0755));
}

TEST_CASE("the doctor finds a write-ahead log that belongs to somebody else") {
  if (geteuid() != 0) {
    return;  // it takes two users: its owner gets the right back from SQLite
  }
  const Database database;
  SQLite::Database open(database.path(), SQLite::OPEN_READWRITE);
  static_cast<void>(open.execAndGet("SELECT count(*) FROM crierNode"));
  share(database, fs::perms(0777), fs::perms(0666));
  fs::permissions(database.path() + "-wal", fs::perms(0444));
  const Unprivileged nobody;
  CHECK(Doctor(database.path())
            .of("rights")
            .starts_with("wrong: this user may write '" + database.path() + "', and not '" +
                         database.path() + "-wal'"));
}

TEST_CASE("the doctor finds somebody's file in the doorbell's place") {
  const Database database;
  std::ofstream(database.path() + "-doorbell") << "notes";
  const Doctor found(database.path());
  CHECK(found.code() == 3);
  CHECK(found.of("wake-up") == "wrong: not woken: can't use '" + database.path() +
                                   "-doorbell': it is no doorbell of crier's, but somebody's file "
                                   "(move it away)");
}

TEST_CASE("the doctor takes over what status says of nodes") {
  const Healthy healthy;
  NodeReport second = report_of("web-1", 12);
  second.pid = 18;
  beat(healthy.database, second);
  Doctor found(healthy.database.path());
  CHECK(found.code() == 0);
  CHECK(found.of("names") ==
        "warning: 2 live nodes bear one name: web-1 (vm-1, pid 17) and web-1 (vm-1, pid 18) (give "
        "each a name of its own)");
  beat(healthy.database, report_of("web-2", 12));
  pass(healthy.database, 4h);
  beat(healthy.database, healthy.leader);
  found = Doctor(healthy.database.path());
  CHECK(found.code() == 3);
  CHECK(found.of("nodes").starts_with("wrong: node web-"));
  CHECK(found.of("nodes").find(" is stale: ") != std::string::npos);
  CHECK(found.of("nodes").find(" (and 1 more) (restart it, and it takes its place again; if it is "
                               "gone for good: crier nodes --forget web-") != std::string::npos);
}

TEST_CASE("the doctor warns if no node is live, and finds live nodes without a leader") {
  const Database database;
  CHECK(Doctor(database.path()).of("nodes") ==
        "warning: 0 live, 0 stale, 0 stopped: nobody hears of a change (start a node)");
  const NodeReport node = report_of("web-1");
  beat(database, node);
  pass(database, 16s);
  beat(database, node);
  const Doctor found(database.path());
  CHECK(found.code() == 3);
  CHECK(found.of("leader").starts_with("wrong: no node leads, so that "));
  CHECK(found.of("nodes").starts_with("ok: "));
}

TEST_CASE("the doctor finds what is wrong with the log") {
  const Healthy healthy;
  run_sql(healthy.database.path(),
          "INSERT INTO crierCacheInstruction SELECT 9223372036854775000, utcStamp, "
          "jsonInstruction, originated, instructionCount FROM crierCacheInstruction WHERE id = 1");
  const Doctor found(healthy.database.path());
  CHECK(found.code() == 3);
  CHECK(found.of("log").starts_with("wrong: the log's newest entry is 9223372036854775000"));
}

TEST_CASE("the doctor looks at another program's table as well") {
  const Database database = Database::of_umbraco();
  const Doctor found(database.url());
  CHECK(found.of("schema") == "ok: another program's table, and no parts of crier's");
  CHECK(found.of("wake-up").starts_with("ok: "));
}

TEST_CASE("the doctor finds that nobody can write, and leaves no trace of its look") {
  const Healthy healthy;
  const std::string& path = healthy.database.path();
  const auto seen = [&] {
    return query(path, "SELECT max(id) || ' ' || count(*) FROM crierCacheInstruction") + " " +
           query(path, "SELECT seq FROM sqlite_sequence WHERE name = 'crierCacheInstruction'");
  };
  const std::string before = seen();
  CHECK(Doctor(path).of("publish") == "ok: an entry was written, and undone");
  CHECK(seen() == before);
  SQLite::Database other(path, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const Doctor found("sqlite:" + path + "?deadline=50ms");
  CHECK(found.code() == 3);
  CHECK(found.of("publish").starts_with("wrong: the database '" + path +
                                        "' was locked by another process for longer than 50ms ("
                                        "find who holds a transaction open there, and end it: "));
}

}  // namespace
}  // namespace crier::test
