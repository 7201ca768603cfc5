// SPDX-License-Identifier: MIT
// What a session makes and tells of crier's tables, and of those of the application's.
#include <crier/error.hpp>

#include "base/quoting.hpp"
#include "store/sqlite/plans.hpp"
#include "store/sqlite/repair.hpp"
#include "store/sqlite/session.hpp"
#include "store/sqlite/setup_checks.hpp"
#include "store/sqlite/statements.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::sqlite {

// The mode is kept in the file. Changing it needs the file alone, for which SQLite does not wait in
// every case.
void Session::prepare_database(bool /*are_any_pending*/) {
  for (int tries = 0;; ++tries) {
    try {
      Statement use_wal(db_.getHandle(), "PRAGMA journal_mode = WAL");
      use_wal.step();
      if (use_wal.text(0) != "wal") {
        throw Error("migrate", "the database '" + config_.database +
                                   "' can't have a write-ahead log where it is; move it to a local "
                                   "disk");
      }
      return;
    } catch (const SQLite::Exception& error) {
      if ((error.getErrorCode() & 0xff) != SQLITE_BUSY || !pause(tries)) {
        throw;
      }
    }
  }
}

std::string Session::schema() { return in_app(schema_text(), config_); }

sql::FoundFacts Session::facts(const std::vector<sql::SchemaFact>& expected) {
  return facts_of(*this, expected);
}

std::string Session::mend(const sql::SchemaFault& fault, const sql::FoundFacts& found) {
  return mend_sql(fault, sql::schema_facts(sql::schema_parts(schema())), found);
}

std::string Session::log_fault() {
  return config_.foreign_log ? table_fault(db_.getHandle(), config_) : "";
}

// What is read as a file that doesn't change tells of no mode.
std::vector<std::string> Session::warnings() {
  if (untouched_) {
    return {};
  }
  Statement mode(db_.getHandle(), "PRAGMA journal_mode");
  mode.step();
  const std::string found(mode.text(0));
  mode.finish();
  if (found == "wal") {
    const SetupCheck journal = judge_journal(config_.database, journal_size(config_.database));
    if (journal.verdict == SetupVerdict::ok) {
      return {};
    }
    return {"the database '" + config_.database + "' has " + journal.found + "; " + journal.mend};
  }
  return {"the database '" + config_.database + "' has no write-ahead log (its journal mode is " +
          found + "), so that whoever reads holds up publishes and beats; it gets one with: " +
          config_.migrate_command};
}

std::vector<std::string> Session::problems() { return lost_triggers(*this, config_); }

std::optional<std::uint64_t> Session::journal_bytes() { return journal_size(config_.database); }

std::vector<SetupCheck> Session::check_setup() {
  std::vector<SetupCheck> checks;
  if (const std::vector<std::string> unsafe = warnings(); !unsafe.empty()) {
    checks.push_back(setup_check("journal", SetupVerdict::warning, unsafe.front()));
  } else if (untouched_) {
    checks.push_back({"journal", SetupVerdict::ok,
                      "not looked at: the file is another user's, and nobody has it open"});
  } else {
    checks.push_back(judge_journal(config_.database, journal_size(config_.database)));
  }
  checks.push_back(check_file_system(config_.database));
  checks.push_back(check_disk(config_.database));
  checks.push_back(judge_library(sqlite3_libversion_number()));
  checks.push_back(check_rights(config_.database));
  return checks;
}

std::optional<std::vector<std::string>> Session::tables_walked_by(std::string_view statement) {
  return walked_tables(db_.getHandle(), statement_text(statement, config_), kManyRows);
}

std::string Session::analyze_command(const std::string& table) const {
  return "sqlite3 " + shell_word(config_.database) + " " + shell_word("ANALYZE " + sql_name(table));
}

TableInfo Session::describe(std::string_view table) { return describe_table(*this, table); }

}  // namespace crier::sqlite
