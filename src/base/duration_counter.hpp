// SPDX-License-Identifier: MIT
#pragma once

#include <crier/durations.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace crier {

// Thread-safe. What is read meanwhile may lack a part of what is added.
class DurationCounter {
 public:
  template <class Duration>
  void add(Duration took) noexcept {
    const auto us =
        std::max(std::chrono::floor<std::chrono::microseconds>(took), std::chrono::microseconds(0));
    const auto bucket = std::ranges::lower_bound(Durations::kUpTo, us) - Durations::kUpTo.begin();
    counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    if (us.count() != 0) {
      total_.fetch_add(us.count(), std::memory_order_relaxed);
    }
  }
  [[nodiscard]] Durations read() const noexcept {
    Durations durations;
    std::ranges::copy(counts_, durations.counts.begin());
    durations.total = std::chrono::microseconds(total_);
    return durations;
  }

 private:
  std::array<std::atomic<std::uint64_t>, Durations::kUpTo.size() + 1> counts_{};
  std::atomic<std::int64_t> total_ = 0;
};

}  // namespace crier
