// SPDX-License-Identifier: MIT
#pragma once

// What a HybridCache needs of a shared cache besides its entries: a record for each cache of that
// kind, which says how far the invalidations in the log are known there. Applications don't call
// it.

#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/shared_cache.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// One for each cache; it is lost whole or not at all. A plain value.
struct HybridRecord {
  std::uint64_t generation = 0;  ///< random; 0: there is no record
  Cursor through;                ///< the invalidations up to this entry are known here
  EntryId floor;                 ///< values that were made before it are void

  /// Equal in every part.
  friend bool operator==(const HybridRecord&, const HybridRecord&) = default;
};

/// The newest entry that invalidates a key or a tag, which is told by a number.
struct HybridMark {
  std::uint64_t what = 0;  ///< never 0
  EntryId entry;           ///< which invalidates it
};

/// Thread-safe. Keys are those of the shared cache; throws as a SharedCache does.
class CRIER_EXPORT SharedHalf {
 public:
  /// A value, and for how long it stays.
  struct Value {
    std::string data;                                       ///< its bytes
    std::optional<std::chrono::milliseconds> left = {};     ///< until it expires; nothing: never
    std::optional<std::chrono::milliseconds> sliding = {};  ///< its sliding time, if it has one
  };
  /// What was read at once.
  struct Read {
    std::optional<Value> value;  ///< nothing: there is none
    HybridRecord record;         ///< of the cache
    EntryId newest_mark;         ///< of those that were asked for; 0: there is none
  };
  /// One value of several that are read together.
  struct Ask {
    std::string_view key;                  ///< of the value
    std::span<const std::uint64_t> marks;  ///< of which the newest is asked for
  };
  /// What is to be changed at once, unless the record is no longer `expected`.
  struct Write {
    std::string_view cache;                  ///< whose record
    HybridRecord expected;                   ///< as it was read
    HybridRecord next;                       ///< with another generation all marks go
    std::span<const HybridMark> marks = {};  ///< to be remembered besides
    std::string_view key = {};               ///< empty: no value
    std::string_view data = {};              ///< the value's bytes
    SharedExpiry expiry = {};                ///< as used() gives it
  };
  /// What has become of a write.
  struct Written {
    bool done = false;    ///< all of it; else nothing
    HybridRecord record;  ///< as it stands now
  };

  /// A part of a walk over the values of a cache.
  struct Swept {
    std::size_t removed = 0;  ///< values
    std::string place = {};   ///< where the next part begins; empty: this was the last
  };

  /// Of so many marks each record remembers the newest at least. To forget one raises the floor.
  static constexpr std::size_t kMostMarks = 8192;
  /// So many values are read together at the most: they share one deadline.
  static constexpr std::size_t kMostAsks = 50;

  virtual ~SharedHalf() = default;
  /// The value of `key`, which is renewed if it slides, then or at the same time the record of
  /// `cache` and the newest of `marks` in it.
  [[nodiscard]] virtual Read read(std::string_view cache, std::string_view key,
                                  std::span<const std::uint64_t> marks) = 0;
  /// The same for each of `asks`, in their order, in one journey: all values, then or at the same
  /// time the record. No key is asked for twice. One by one, if that is all a shared half can do.
  [[nodiscard]] virtual std::vector<Read> read_many(std::string_view cache,
                                                    std::span<const Ask> asks) {
    std::vector<Read> found;
    found.reserve(asks.size());
    for (const Ask& ask : asks) {
      found.push_back(read(cache, ask.key, ask.marks));
    }
    return found;
  }
  /// All of it or nothing.
  virtual Written write(const Write& write) = 0;
  /// Removes what nobody may serve any more, whatever its key and its tags: of the next values of
  /// `cache`, whose keys begin with its name and '/' or '#', those that were made for another
  /// generation than its record's, or before its floor. What has been written meanwhile stays, as
  /// does what can't be told. Looks at a few hundred of them from `place` on (empty: from the first
  /// on), and keeps nobody waiting for long. Nothing, if a shared half has no way to do it.
  virtual Swept sweep(std::string_view /*cache*/, const std::string& /*place*/) { return {}; }
  /// With the default if none is given. Throws an invalid_argument Error if it is refused.
  [[nodiscard]] virtual SharedExpiry used(const SharedExpiry& expiry) const = 0;
  /// Throws an invalid_argument Error if so many bytes are too many.
  virtual void check_size(std::size_t bytes) const = 0;
};

}  // namespace crier
