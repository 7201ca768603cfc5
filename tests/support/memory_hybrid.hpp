// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/hybrid_table.hpp>

#include "support/memory_cache.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace crier::test {

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

}  // namespace crier::test
