// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/observer.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace crier {

// How far reading is. A plain value.
struct ReadProgress {
  Cursor cursor = {};     // the last entry that was handed on
  Cursor next = {};       // the one after it, if that is under way,
  std::size_t begun = 0;  // and how many of its instructions were handed on already
  bool anew = false;      // the position is to be reset to the cursor: it does not follow from it
  std::uint64_t lineage = 0;                 // of the log, as of the last look: see Page
  EntryId end = {};                          // of the log, as it was last seen,
  std::uint64_t end_version = 0;             // and its version
  std::optional<Resync> resync = {};         // its refreshes are under way
  std::optional<std::string> replaced = {};  // the database was: a resync is due
  int tries = 0;  // of what follows the cursor, since handling it failed; 0: it has not
};

// An entry that is applied before it is read in the log.
struct AheadEntry {
  Entry entry;
  bool is_applied = false;  // else that has begun
};

// Progress of reading, handed from one poller to the one that replaces it: what the earlier one,
// which hangs somewhere, would still write is void. Thread-safe.
class FencedProgress {
 public:
  // Numbers begin after `last`.
  explicit FencedProgress(std::uint64_t last = 0) : holder_(last) {}

  // Takes over, under a new number (never 0).
  std::uint64_t take() {
    const std::lock_guard lock(mutex_);
    return ++holder_;
  }
  [[nodiscard]] ReadProgress reading() const {
    const std::lock_guard lock(mutex_);
    return reading_;
  }
  // Keeps `reading`, and runs `also` with it; false if `holder` no longer holds it.
  template <class Also>
  bool put(std::uint64_t holder, const ReadProgress& reading, Also also) {
    const std::lock_guard lock(mutex_);
    if (holder != holder_) {
      return false;
    }
    reading_ = reading;
    also();
    return true;
  }
  // Those after the cursor are yet to be found in the log.
  [[nodiscard]] std::vector<AheadEntry> ahead() const {
    const std::lock_guard lock(mutex_);
    return ahead_;
  }
  // Has `change` work on them; false if `holder` no longer holds them.
  template <class Change>
  bool change_ahead(std::uint64_t holder, Change change) {
    const std::lock_guard lock(mutex_);
    if (holder != holder_) {
      return false;
    }
    change(ahead_);
    return true;
  }

 private:
  mutable std::mutex mutex_;
  std::uint64_t holder_;  // guarded by mutex_, as are the next
  ReadProgress reading_;
  std::vector<AheadEntry> ahead_;
};

}  // namespace crier
