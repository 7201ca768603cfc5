// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/shared_half.hpp>

#include "base/hybrid_made.hpp"
#include "cache/hybrid/invalidations.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace crier {

// What a node knows of the log, for one hybrid cache: the entries whose evictions have begun here,
// each by its fingerprint, and the keys and tags that they invalidate. Of so many entries the last;
// of what lies before it knows nothing. Thread-safe.
class LogView {
 public:
  using Made = HybridMade;
  enum class Verdict : std::uint8_t {
    serves,    // it is not older than what has begun here
    outdated,  // or of no use
    ahead,     // its record knows of entries that are yet to come here
    unknown,   // its record stands at an entry of which nothing is known here
  };
  struct Begun {
    std::uint64_t epoch = 0;  // another number after each restart; 0: no log is followed
    Cursor cursor;
  };

  explicit LogView(std::size_t most = 8192) : most_(most) {}

  // `resets`: see LogFollower::restart().
  void restart(const Cursor& place, std::uint64_t resets);
  // No log is followed any more.
  void stop();
  // Before the evictions that it asks for. What has begun already counts for nothing.
  void begin(const Cursor& entry, const Invalidations& what);
  // This node has written it, perhaps ahead of what has begun. Before the evictions. If another
  // entry has begun under its id, or it can't be told, the log may have been replaced: nothing is
  // served until restart(), or until the next entry shows that it was not.
  void published(EntryId entry, const Invalidations& what);

  [[nodiscard]] Begun begun() const;
  // False if it has not begun in time, or no log is followed.
  [[nodiscard]] bool wait(EntryId entry, std::chrono::milliseconds timeout) const;
  // Whether a value may be served that bears `marks`, of which the record knows the newest.
  [[nodiscard]] Verdict judge(const Made& made, const HybridRecord& record, EntryId newest_mark,
                              std::span<const std::uint64_t> marks) const;
  // The newest invalidation of any of these that is known here.
  [[nodiscard]] EntryId newest(std::span<const std::uint64_t> marks) const;
  // Whether what restart() stands for was yet to be refreshed by all, in that epoch.
  [[nodiscard]] bool is_restarting(std::uint64_t epoch, std::uint64_t resets) const;
  // Of those whose entry the refreshers have begun to run, or have run.
  [[nodiscard]] EntryId newest_begun(std::span<const std::uint64_t> marks) const;
  // What was invalidated after `place` through begun(); nothing if that place is not known here.
  struct Since {
    EntryId all;  // the newest that may concern any key; 0: there was none
    std::vector<HybridMark> marks;
    Cursor begun;
  };
  [[nodiscard]] std::optional<Since> since(const Cursor& place) const;

 private:
  using Marks = std::unordered_map<std::uint64_t, std::int64_t>;

  // All of these are called under the mutex.
  [[nodiscard]] bool knows(const Cursor& place) const;
  // Of an id that has. False also if it lies too far back, or bears no check: what stands under it
  // may be of another log.
  [[nodiscard]] bool has_begun(EntryId entry) const;
  [[nodiscard]] std::int64_t newest_of(std::span<const std::uint64_t> marks) const;
  // That of every key included.
  static std::int64_t newest_in(const Marks& known, std::span<const std::uint64_t> marks);
  [[nodiscard]] std::int64_t end() const {
    return first_ + static_cast<std::int64_t>(seen_.size());
  }

  static constexpr std::uint64_t kAll = 0;  // stands for every key

  const std::size_t most_;
  mutable std::mutex mutex_;
  mutable std::condition_variable begun_more_;
  std::uint64_t epoch_ = 0;  // guarded by mutex_, as are the next
  std::uint64_t epochs_ = 0;
  std::uint64_t resets_ = 0;      // at the last restart()
  std::int64_t first_ = 0;        // the entry that `seen_` begins with
  std::deque<Fingerprint> seen_;  // without a gap
  // What they invalidate, in order, and the newest of each; up to `forgotten_` some are left out.
  std::deque<std::pair<std::int64_t, std::uint64_t>> order_;
  Marks marks_;
  std::int64_t forgotten_ = 0;
  // The same of what was published here, until it has begun.
  Marks ahead_;
  std::int64_t last_ahead_ = 0;
};

}  // namespace crier
