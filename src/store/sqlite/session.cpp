// SPDX-License-Identifier: MIT
#include "store/sqlite/session.hpp"

#include "base/deadline.hpp"
#include "base/file_error.hpp"
#include "store/sql/transaction.hpp"
#include "store/sqlite/companions.hpp"
#include "store/sqlite/file_fault.hpp"
#include "store/sqlite/insert.hpp"
#include "store/sqlite/look.hpp"
#include "store/sqlite/statements.hpp"
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

// Who opens or closes the database at this moment, and so makes the index, or has removed it, is
// done sooner.
constexpr milliseconds kIndexPatience{50};

SQLite::Database open_database(const StoreConfig& config, Access access, bool is_look,
                               const std::optional<UntouchedFile>& untouched) {
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
  for (const auto& fault : {sharing_fault(config.database), companion_fault(config.database)}) {
    if (!fault.empty()) {
      throw Error("open", fault);
    }
  }
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  flags |= is_look || access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  flags |= !is_look && access == Access::create ? SQLITE_OPEN_CREATE : 0;
  // A plain "file:x" would be read as a URI, with options of its own.
  std::string path = config.database.front() == '/' ? config.database : "./" + config.database;
  if (is_look) {
    path = untouched ? untouched->uri() : look_uri(config.database);
    flags |= SQLITE_OPEN_URI;
  }
  try {
    return {path, flags, 0, is_look ? look_vfs() : ""};
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

Session::Session(StoreConfig config, Access access, Wakeup& wakeup,
                 std::shared_ptr<SchemaHistory> history, std::shared_ptr<Checkpointer> checkpointer)
    : config_(std::move(config)),
      access_(access),
      wakeup_(wakeup),
      history_(std::move(history)),
      checkpointer_(std::move(checkpointer)),
      is_look_(is_look(config_.database, access)),
      untouched_(is_look_ ? UntouchedFile::find(config_.database) : std::nullopt),
      db_(open(untouched_)) {
  set_up();
}

SQLite::Database Session::open(const std::optional<UntouchedFile>& untouched) {
  ends_ = deadline_after(std::min(config_.deadline, kIndexPatience));
  for (int tries = 0;
       is_look_ && lacks_index(config_.database) && companion_fault(config_.database).empty();
       ++tries) {
    if (!pause(tries)) {
      throw Error("open",
                  "the write-ahead log of '" + config_.database +
                      "' stands there without its index (-shm), and one that this user made the "
                      "owner of the database could not write; run crier status as the owner, and "
                      "try again",
                  Error::Kind::retryable);
    }
  }
  return open_database(config_, access_, is_look_, untouched);
}

void Session::set_up() {
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
  if (checkpointer_ != nullptr) {
    sqlite3_wal_hook(
        handle,
        [](void* self, sqlite3*, const char*, int pages) {
          auto* const session = static_cast<Session*>(self);
          if (session->checkpointer_->committed(pages)) {
            session->checkpoint();
          }
          return SQLITE_OK;
        },
        this);
  }
  // The first look at the file: here it shows whether it is a database.
  const auto refuse_stale_log = [this] {
    if (file_.is_log_stale()) {
      throw Error("open",
                  "the write-ahead log of the database '" + config_.database +
                      "' was removed, and this process has connections to it that are yet to be "
                      "closed, the application's own among them; try again when they are",
                  Error::Kind::retryable);
    }
  };
  ends_ = deadline_after(config_.deadline);
  try {
    db_.exec(sync_of(config_.durability));
  } catch (const SQLite::Exception& error) {
    if (!is_passing_file_error(system_error(handle, error.getErrorCode())) &&
        file_fault(config_, access_).empty()) {
      refuse_stale_log();  // what is wrong then
    }
    fail("open", error);
    throw;
  }
  refuse_stale_log();
  static_cast<void>(file_.state());
}

void Session::checkpoint() noexcept {
  sqlite3_wal_checkpoint_v2(db_.getHandle(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

void Session::begin_call(const char* operation) {
  fork_guard_.refuse_child(operation);
  if (untouched_ && !untouched_->is_still()) {
    leave_untouched();
  }
  ends_ = deadline_after(config_.deadline);
}

void Session::fail(const char* operation, const std::exception& error) {
  if (const auto* const failure = dynamic_cast<const SQLite::Exception*>(&error)) {
    throw translate(operation, *failure, config_, access_, file_.state(),
                    system_error(db_.getHandle(), failure->getErrorCode()));
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

// IMMEDIATE: a transaction that begins as a reader can't always become a writer.
void Session::begin(sql::Begin kind) {
  if (kind == sql::Begin::cache_renewal) {
    ends_ = std::min(ends_, deadline_after(kRenewalDeadline));
  }
  run(kind == sql::Begin::snapshot ? kRead : kWrite);
}

void Session::commit() { run(kCommit); }

// To undo is not cut off by a deadline that has passed.
void Session::roll_back() noexcept {
  const auto ends = std::exchange(ends_, deadline_after(config_.deadline));
  try {
    run(kRollBack);
  } catch (...) {  // NOLINT(bugprone-empty-catch)
    // SQLite has undone it by itself, as it does if the disk is full.
  }
  ends_ = ends;
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

bool Session::is_refusal(const std::exception& error) const {
  const auto* const failure = dynamic_cast<const SQLite::Exception*>(&error);
  const int code = failure == nullptr ? SQLITE_OK : failure->getErrorCode() & 0xff;
  return code == SQLITE_ERROR || code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH;
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

EntryId Session::append(std::span<const NewEntry> entries) {
  sqlite3* const handle = db_.getHandle();
  if ((entries.size() == 1 && !config_.foreign_log) || sqlite3_get_autocommit(handle) == 0) {
    return insert(handle, config_, append_, entries);  // one is a transaction by itself
  }
  sql::Transaction write(*this, sql::Begin::write);
  const EntryId last = insert(handle, config_, append_, entries);
  write.commit();
  return last;
}

}  // namespace crier::sqlite
