// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>

#include "refresh/publish_rate.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace crier {

class Registry;
class Reporter;

// Looks at what this node publishes, so that refreshers which set each other off, here and on other
// nodes, neither go on for ever nor unseen. Thread-safe; the time is the caller's.
class PublishGuard {
 public:
  using Time = PublishRate::Time;
  // A chain from this length on is deep: of those a node publishes so many in a window. Else each
  // of several nodes would answer each entry of each of them, up to the greatest length.
  static constexpr std::size_t kDeep = 4;
  static constexpr std::uint64_t kMostDeep = 1000;
  // How long a refusal is told.
  static constexpr std::chrono::minutes kTold{10};

  PublishGuard(const Registry& registry, Reporter& reporter, Time now)
      : registry_(registry), reporter_(reporter), rate_(now), deep_window_(now) {}

  // The chain of what this thread publishes now. Throws an invalid_argument Error that names it,
  // and tells the application, if that is too long.
  [[nodiscard]] std::vector<Guid> admit(Time now);
  void published(std::size_t entries, Time now);
  // What is wrong, a sentence each.
  [[nodiscard]] std::vector<std::string> troubles(Time now);

 private:
  [[nodiscard]] bool is_too_deep(std::size_t length, Time now);
  [[nodiscard]] std::string names_of(const std::vector<Guid>& chain) const;
  [[nodiscard]] std::string rate_text() const;

  const Registry& registry_;
  Reporter& reporter_;

  std::mutex mutex_;
  PublishRate rate_;  // guarded by mutex_, as are the next
  bool is_high_ = false;
  Time deep_window_;
  std::uint64_t deep_ = 0;  // in it
  std::string refusal_;     // the last; empty: none
  Time refused_at_;
  Time refusal_told_at_;
};

}  // namespace crier
