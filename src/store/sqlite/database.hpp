// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "base/deadline.hpp"
#include "store/sqlite/open_file.hpp"
#include "store/sqlite/place.hpp"
#include "store/sqlite/translate.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>

namespace crier::sqlite {

// One open database: bounds each call by the deadline and translates what SQLite throws. One thread
// at a time.
class Database {
 public:
  // Throws crier::Error.
  Database(Place place, Access access);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] const Place& place() const { return place_; }
  // As messages name it.
  [[nodiscard]] const std::string& name() const { return place_.path; }
  [[nodiscard]] SQLite::Database& handle() { return db_; }

  void set_deadline(std::chrono::milliseconds deadline) { place_.deadline = deadline; }

  // Runs one call of the store. All that touches the database goes through here.
  template <class Body>
  auto call(const char* operation, Body body) {
    ends_ = deadline_after(place_.deadline);
    try {
      return body();
    } catch (const SQLite::Exception& error) {
      throw translate(operation, error, place_, access_, file_.state());
    }
  }

  // The call under way ends by this at the latest, unless it has to end sooner.
  void hurry(std::chrono::milliseconds left) { ends_ = std::min(ends_, deadline_after(left)); }

  // The statements around each write; they are kept once they were prepared.
  enum Control { kBegin, kCommit, kRollBack };
  void run(Control control);
  void roll_back() noexcept;

  // Throws where the path no longer leads to the file that is open, or to nothing of it: what is
  // read there is no longer the log. A commit looks by itself.
  void require_in_place();
  // Whether the last look at that was a tenth of a second ago.
  [[nodiscard]] bool was_in_place_long_ago() const;

  // Pauses before another try for a lock; false where the call's time is up.
  [[nodiscard]] bool pause(int tries) const;

 private:
  using Clock = std::chrono::steady_clock;

  Place place_;  // with the deadline that is in force
  const Access access_;
  Clock::time_point ends_;
  SQLite::Database db_;
  OpenFile file_{db_.getHandle(), place_.path};
  Clock::time_point looked_at_;                              // at its path
  std::array<std::optional<SQLite::Statement>, 3> control_;  // of db_, so they go first
};

}  // namespace crier::sqlite
