// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/hybrid_table.hpp>

#include "base/hybrid_made.hpp"
#include "testing/memory_cache.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace crier::testing {

/// The records of hybrid caches, as a store has them. Not thread-safe.
class MemoryHybrid {
 public:
  SharedHalf::Read read(MemoryCache& cache_entries, std::string_view cache, std::string_view key,
                        std::span<const std::uint64_t> marks, std::chrono::milliseconds now) {
    SharedHalf::Read found;
    if (const auto data = cache_entries.get(key, now)) {
      found.value.emplace(SharedHalf::Value{*data});
    }
    One& one = all_[std::string(cache)];
    found.record = one.record;
    for (const std::uint64_t mark : marks) {
      const auto known = one.marks.find(mark);
      found.newest_mark =
          std::max(found.newest_mark, known == one.marks.end() ? EntryId() : known->second);
    }
    return found;
  }
  SharedHalf::Written write(MemoryCache& cache_entries, const SharedHalf::Write& write,
                            std::chrono::milliseconds now) {
    One& one = all_[std::string(write.cache)];
    if (one.record != write.expected) {
      return {false, one.record};
    }
    if (write.next.generation != one.record.generation) {
      one.marks.clear();
    }
    one.record = write.next;
    for (const HybridMark& mark : write.marks) {
      EntryId& known = one.marks[mark.what];
      known = std::max(known, mark.entry);
    }
    if (!write.key.empty()) {
      cache_entries.set(write.key, write.data, write.expiry, now);
    }
    return {true, one.record};
  }

  /// All of them at once.
  SharedHalf::Swept sweep(MemoryCache& cache_entries, std::string_view cache,
                          std::chrono::milliseconds now) {
    const HybridRecord& record = all_[std::string(cache)].record;
    SharedHalf::Swept swept;
    constexpr std::size_t kMost = 1'000'000;
    for (const char* const after : {"#", "/"}) {
      for (const std::string& key :
           cache_entries.keys(std::string(cache) + after, "", kMost, now)) {
        const std::string data = cache_entries.peek(key, now).value_or("");
        std::string_view rest = data;
        const auto made = HybridMade::take(rest);
        if (made && record.generation != 0 && made->is_void(record)) {
          cache_entries.remove(key, now);
          ++swept.removed;
        }
      }
    }
    return swept;
  }

  /// To make room: see SharedHalf::kMostMarks.
  void forget_marks() {
    for (auto& [cache, one] : all_) {
      for (const auto& [mark, entry] : one.marks) {
        one.record.floor = std::max(one.record.floor, entry);
      }
      one.marks.clear();
    }
  }

 private:
  struct One {
    HybridRecord record;
    std::map<std::uint64_t, EntryId> marks;
  };
  std::map<std::string, One> all_;
};

}  // namespace crier::testing
