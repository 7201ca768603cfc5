// SPDX-License-Identifier: MIT
#include "store/sqlite/database.hpp"

#include "base/coarse_clock.hpp"
#include "store/sqlite/file_fault.hpp"
#include "store/sqlite/sql.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace crier::sqlite {
namespace {

namespace fs = std::filesystem;

// Between two looks at the clock: a few microseconds of SQLite's work.
constexpr int kStepsPerLook = 1000;

SQLite::Database open(const Place& place, Access access) {
  // SQLite would wait for ever for the other end of a pipe, and takes a device for an empty file.
  // Beside an empty file it removes the write-ahead log, by its name: that may be the one of a
  // database which has been put in its place by then.
  std::error_code none;
  if (fs::exists(place.path, none) &&
      (!fs::is_regular_file(place.path, none) ||
       (access != Access::create && fs::is_empty(place.path, none)))) {
    if (const std::string fault = file_fault(place, access); !fault.empty()) {
      throw Error("open", fault);
    }
  }
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  flags |= access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  flags |= access == Access::create ? SQLITE_OPEN_CREATE : 0;
  // A plain "file:x" would be read as a URI, with options of its own.
  const std::string path = place.path.front() == '/' ? place.path : "./" + place.path;
  try {
    return {path, flags};
  } catch (const SQLite::Exception& error) {
    throw translate("open", error, place, access, FileState::in_place);
  }
}

int on_busy(void* self, int tries) { return static_cast<Database*>(self)->pause(tries) ? 1 : 0; }

}  // namespace

Database::Database(Place place, Access access)
    : place_(std::move(place)), access_(access), db_(open(place_, access)) {
  sqlite3* const handle = db_.getHandle();
  sqlite3_extended_result_codes(handle, 1);
  // Not sqlite3_busy_timeout: that would begin anew with each lock of a call.
  sqlite3_busy_handler(handle, on_busy, this);
  sqlite3_progress_handler(
      handle, kStepsPerLook,
      [](void* self) { return Clock::now() > static_cast<Database*>(self)->ends_ ? 1 : 0; }, this);
  // What is written to a file that was moved would be lost: a commit becomes a rollback.
  sqlite3_commit_hook(
      handle,
      [](void* self) {
        return static_cast<Database*>(self)->file_.state() == FileState::in_place ? 0 : 1;
      },
      this);
  // The first look at the file: here it shows whether it is a database.
  call("open", [&] {
    db_.exec(std::string(place_.durability == Durability::full ? sql::kSyncCommits
                                                               : sql::kSyncCheckpoints));
  });
}

bool Database::pause(int tries) const {
  using std::chrono::microseconds;
  const auto left = ends_ - Clock::now();
  if (left <= Clock::duration::zero()) {
    return false;
  }
  // Short at first, since other writers hold the lock for well under a millisecond.
  const microseconds wait(100 << std::min(tries, 6));
  std::this_thread::sleep_for(std::min<Clock::duration>(wait, left));
  return true;
}

void Database::run(Control control) {
  constexpr std::array kTexts{"BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"};
  // All of them before the first is run: whoever began must be able to undo.
  for (std::size_t i = kTexts.size(); i-- > 0;) {
    if (!control_[i]) {
      control_[i].emplace(db_, kTexts[i]);
    }
  }
  SQLite::Statement& statement = *control_[control];
  const int code = statement.tryExecuteStep();
  statement.tryReset();
  if (code != SQLITE_DONE) {
    throw SQLite::Exception(db_.getHandle(), code);
  }
}

void Database::roll_back() noexcept {
  try {
    run(kRollBack);
  } catch (...) {  // NOLINT(bugprone-empty-catch)
    // SQLite has undone it by itself, as it does where the disk is full.
  }
}

[[gnu::hot]] void Database::require_in_place() {
  if (file_.state() != FileState::in_place) {
    throw SQLite::Exception("the file was moved or truncated", SQLITE_READONLY_DBMOVED);
  }
  looked_at_ = coarse_now();
}

[[gnu::hot]] bool Database::was_in_place_long_ago() const {
  return coarse_now() - looked_at_ >= std::chrono::milliseconds(100);
}

}  // namespace crier::sqlite
