// SPDX-License-Identifier: MIT
// Whether what a session reads is still the file at its path, and the same database.
#include "base/coarse_clock.hpp"
#include "store/sql/transaction.hpp"
#include "store/sqlite/session.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <chrono>
#include <utility>

namespace crier::sqlite {
namespace {

// Between two looks at the file while reads follow each other: each costs as much as a read.
constexpr std::chrono::milliseconds kLookAround{50};

}  // namespace

void Session::require_in_place() {
  if (file_.state() != FileState::in_place) {
    throw SQLite::Exception("the file was moved or truncated", SQLITE_READONLY_DBMOVED);
  }
  looked_at_ = coarse_now();
}

void Session::require_in_place_now_and_then() {
  if (coarse_now() - looked_at_ >= kLookAround) {
    require_in_place();
  }
}

// Of many reads that follow each other, each would be delayed.
Session::State Session::after_reading(bool found_none) {
  if (found_none) {
    require_in_place();
  } else {
    require_in_place_now_and_then();
  }
  unsigned version = 0;
  sqlite3_file_control(db_.getHandle(), "main", SQLITE_FCNTL_DATA_VERSION, &version);
  if (version != state_.version || state_.lineage == 0) {
    if (!history_->is_known(schema_version())) {
      sql::Transaction snapshot(*this, sql::Begin::snapshot);
      SchemaHistory::Objects objects;
      Statement all(db_.getHandle(),
                    "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema");
      while (all.step()) {
        objects.emplace(all.text(0));
      }
      all.finish();
      history_->meet(schema_version(), std::move(objects));
    }
    state_.version = version;
    state_.lineage = history_->lineage();
  }
  return state_;
}

SchemaHistory::Version Session::schema_version() {
  if (!schema_version_) {
    schema_version_.emplace(db_.getHandle(), "PRAGMA schema_version");
  }
  schema_version_->step();
  const SchemaHistory::Version version{file_.identity(), schema_version_->integer(0)};
  schema_version_->finish();
  return version;
}

}  // namespace crier::sqlite
