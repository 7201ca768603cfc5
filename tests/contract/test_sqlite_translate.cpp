// SPDX-License-Identifier: MIT
#include "store/sqlite/translate.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <chrono>
#include <fstream>
#include <string>

namespace crier::test {
namespace {

TEST_CASE("each of SQLite's errors becomes a sentence, and says whether trying again helps") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  std::ofstream(path) << "there";
  sqlite::StoreConfig config;
  config.database = path;
  config.deadline = std::chrono::milliseconds(1500);
  const std::string database = "the database '" + path + "'";

  using Kind = Error::Kind;
  struct Row {
    int code;
    Kind kind;
    std::string message;
  };
  const std::string locked =
      database + " was locked by another process for longer than 1500ms; try again";
  for (const Row& row : {
           Row{SQLITE_BUSY, Kind::retryable, locked},
           Row{SQLITE_BUSY_SNAPSHOT, Kind::retryable, locked},
           Row{SQLITE_BUSY_RECOVERY, Kind::retryable, locked},
           Row{SQLITE_LOCKED, Kind::retryable, locked},
           Row{SQLITE_PROTOCOL, Kind::retryable, locked},
           Row{SQLITE_INTERRUPT, Kind::retryable,
               database + " did not finish in 1500ms; try again, or give it a longer deadline"},
           Row{SQLITE_FULL, Kind::failed,
               "the disk that holds '" + path + "' is full; free some space"},
           Row{SQLITE_CORRUPT_INDEX, Kind::failed,
               database + " is damaged (text); restore it from a backup"},
           Row{SQLITE_TOOBIG, Kind::invalid_argument,
               "an entry is larger than " + database + " can hold"},
           Row{SQLITE_NOTADB, Kind::failed,
               "'" + path + "' is not a SQLite database; check the path"},
           Row{SQLITE_IOERR_FSYNC, Kind::failed,
               "append failed on " + database + ": text (SQLite code 1034)"},
           Row{SQLITE_CONSTRAINT_NOTNULL, Kind::failed,
               "append failed on " + database + ": text (SQLite code 1299)"},
       }) {
    CAPTURE(row.code);
    const Error error = sqlite::translate("append", SQLite::Exception("text", row.code), config,
                                          Access::read_write, sqlite::FileState::in_place);
    CHECK(error.what() == row.message);
    CHECK(error.operation() == "append");
    CHECK(error.retryable() == (row.kind == Kind::retryable));
    CHECK(error.invalid_argument() == (row.kind == Kind::invalid_argument));
    CHECK_FALSE(error.replaced());
  }
  config.set_deadline(std::chrono::milliseconds(
      500));  // a caller's, which a longer one of the store's would not help
  CHECK(sqlite::translate("read", SQLite::Exception("text", SQLITE_INTERRUPT), config,
                          Access::read_only, sqlite::FileState::in_place)
            .what() == database + " did not finish in 500ms; try again");
}

}  // namespace
}  // namespace crier::test
