// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/observer.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

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

 private:
  mutable std::mutex mutex_;
  std::uint64_t holder_;  // guarded by mutex_, as is the next
  ReadProgress reading_;
};

}  // namespace crier
