// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace crier {

// Knows how much is usual, and if there is far more. A window is compared with those before it. Not
// thread-safe; the time is the caller's.
class PublishRate {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kWindow{10};
  // So many in a window are nothing special, or so many times what is usual.
  static constexpr std::uint64_t kFew = 1000;
  static constexpr std::uint64_t kFactor = 10;
  // While nothing is known of what is usual.
  static constexpr std::uint64_t kFewAtFirst = 10'000;
  static constexpr std::uint64_t kFirstWindows = 6;
  // What goes on for so long is usual from then on.
  static constexpr std::chrono::hours kPatience{1};

  explicit PublishRate(Time now) : window_(now) {}

  void add(std::uint64_t entries, Time now) {
    roll(now);
    count_ += entries;
  }
  // Whether it is far above the usual: in this window, or the one before it.
  [[nodiscard]] bool is_high(Time now) {
    roll(now);
    return is_high(count_) || is_high(last_);
  }
  // In the busier one of these two, and usually.
  [[nodiscard]] std::uint64_t count() const { return count_ > last_ ? count_ : last_; }
  [[nodiscard]] std::uint64_t usual() const { return static_cast<std::uint64_t>(usual_); }

 private:
  [[nodiscard]] bool is_high(std::uint64_t count) const {
    const std::uint64_t few = windows_ < kFirstWindows ? kFewAtFirst : kFew;
    return count > few && count > kFactor * usual();
  }
  void roll(Time now);

  Time window_;  // when it began
  std::uint64_t count_ = 0;
  std::uint64_t last_ = 0;
  double usual_ = 0;           // in a window: a mean that forgets slowly
  std::uint64_t windows_ = 0;  // that it is of
  std::optional<Time> high_since_;
};

}  // namespace crier
