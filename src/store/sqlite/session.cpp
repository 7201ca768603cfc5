// SPDX-License-Identifier: MIT
#include "store/sqlite/session.hpp"

#include "base/coarse_clock.hpp"
#include "base/deadline.hpp"
#include "store/sql/transaction.hpp"
#include "store/sqlite/file_fault.hpp"
#include "store/sqlite/insert.hpp"
#include "store/sqlite/statements.hpp"
#include "store/sqlite/table_info.hpp"
#include "store/sqlite/translate.hpp"

#include <SQLiteCpp/Exception.h>
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
using std::chrono::milliseconds;

// Between two looks at the clock: a few microseconds of SQLite's work.
constexpr int kStepsPerLook = 1000;

// A reader of the shared cache has its value, and waits no longer than this to say that it was
// used.
constexpr milliseconds kRenewalDeadline{100};

// Between two looks at the file while reads follow each other: each costs as much as a read.
constexpr milliseconds kLookAround{50};

SQLite::Database open(const StoreConfig& config, Access access) {
  // SQLite would wait for ever for the other end of a pipe, and takes a device for an empty file.
  // Beside an empty file it removes the write-ahead log, by its name: that may be the one of a
  // database which has been put in its place by then.
  std::error_code none;
  if (fs::exists(config.database, none) &&
      (!fs::is_regular_file(config.database, none) ||
       (access != Access::create && fs::is_empty(config.database, none)))) {
    if (const std::string fault = file_fault(config, access); !fault.empty()) {
      throw Error("open", fault);
    }
  }
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  flags |= access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  flags |= access == Access::create ? SQLITE_OPEN_CREATE : 0;
  // A plain "file:x" would be read as a URI, with options of its own.
  const std::string path =
      config.database.front() == '/' ? config.database : "./" + config.database;
  try {
    return {path, flags};
  } catch (const SQLite::Exception& error) {
    throw translate("open", error, config, access, FileState::in_place);
  }
}

int on_busy(void* self, int tries) { return static_cast<Session*>(self)->pause(tries) ? 1 : 0; }

// In a write-ahead log a commit survives the death of its process; with NORMAL a power failure may
// take the last ones.
const char* sync_of(Durability durability) {
  return durability == Durability::full ? "PRAGMA synchronous = FULL"
                                        : "PRAGMA synchronous = NORMAL";
}

}  // namespace

Session::Session(StoreConfig config, Access access, Wakeup& wakeup)
    : config_(std::move(config)), access_(access), wakeup_(wakeup), db_(open(config_, access)) {
  sqlite3* const handle = db_.getHandle();
  sqlite3_extended_result_codes(handle, 1);
  // Not sqlite3_busy_timeout: that would begin anew with each lock of a call.
  sqlite3_busy_handler(handle, on_busy, this);
  sqlite3_progress_handler(
      handle, kStepsPerLook,
      [](void* self) { return Clock::now() > static_cast<Session*>(self)->ends_ ? 1 : 0; }, this);
  // What is written to a file that was moved would be lost: a commit becomes a rollback.
  sqlite3_commit_hook(
      handle,
      [](void* self) {
        return static_cast<Session*>(self)->file_.state() == FileState::in_place ? 0 : 1;
      },
      this);
  // The first look at the file: here it shows whether it is a database.
  call("open", [&] { db_.exec(sync_of(config_.durability)); });
}

[[gnu::hot]] void Session::begin_call(const char* /*operation*/) {
  ends_ = deadline_after(config_.deadline);
}

void Session::fail(const char* operation, const std::exception& error) {
  if (const auto* const failure = dynamic_cast<const SQLite::Exception*>(&error)) {
    throw translate(operation, *failure, config_, access_, file_.state());
  }
}

bool Session::pause(int tries) const {
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

std::unique_ptr<sql::PreparedStatement> Session::prepare(std::string_view name) {
  return std::make_unique<Statement>(db_.getHandle(), statement_text(name, config_));
}

// IMMEDIATE: a transaction that begins as a reader can't always become a writer.
void Session::begin(sql::Begin kind) {
  if (kind == sql::Begin::cache_renewal) {
    ends_ = std::min(ends_, deadline_after(kRenewalDeadline));
  }
  run(kind == sql::Begin::snapshot ? kRead : kWrite);
}

void Session::commit() { run(kCommit); }

void Session::roll_back() noexcept {
  try {
    run(kRollBack);
  } catch (...) {  // NOLINT(bugprone-empty-catch)
    // SQLite has undone it by itself, as it does if the disk is full.
  }
}

void Session::run(Control control) {
  constexpr std::array kTexts{"BEGIN IMMEDIATE", "BEGIN", "COMMIT", "ROLLBACK"};
  // All of them before the first is run: whoever began must be able to undo.
  for (std::size_t i = kTexts.size(); i-- > 0;) {
    if (!control_[i]) {
      control_[i].emplace(db_.getHandle(), kTexts[i]);
    }
  }
  control_[control]->run();
}

bool Session::is_missing_table(const std::exception& error) const {
  return std::string_view(error.what()).starts_with("no such table: ");
}

bool Session::is_only_about_writing(const std::exception& error) const {
  const auto* const failure = dynamic_cast<const SQLite::Exception*>(&error);
  if (failure == nullptr) {
    return false;
  }
  const int code = failure->getErrorCode() & 0xff;
  return code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_INTERRUPT ||
         code == SQLITE_FULL || failure->getErrorCode() == SQLITE_READONLY;
}

[[gnu::hot]] void Session::require_in_place() {
  if (file_.state() != FileState::in_place) {
    throw SQLite::Exception("the file was moved or truncated", SQLITE_READONLY_DBMOVED);
  }
  looked_at_ = coarse_now();
}

[[gnu::hot]] void Session::require_in_place_now_and_then() {
  if (coarse_now() - looked_at_ >= kLookAround) {
    require_in_place();
  }
}

// Of many reads that follow each other, each would be delayed.
[[gnu::hot]] void Session::after_reading(bool found_none) {
  if (found_none) {
    require_in_place();
  } else {
    require_in_place_now_and_then();
  }
}

EntryId Session::append(std::span<const NewEntry> entries) {
  sqlite3* const handle = db_.getHandle();
  if (entries.size() == 1 || sqlite3_get_autocommit(handle) == 0) {
    return insert(handle, append_, entries);  // one is a transaction by itself
  }
  sql::Transaction write(*this, sql::Begin::write);
  const EntryId last = insert(handle, append_, entries);
  write.commit();
  return last;
}

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

std::string Session::log_fault() { return table_fault(db_.getHandle(), config_); }

TableInfo Session::describe(std::string_view table) { return describe_table(*this, table); }

}  // namespace crier::sqlite
