// SPDX-License-Identifier: MIT
#pragma once

#include <crier/log_follower.hpp>
#include <crier/registry.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace crier {

// The refreshers of a registry that follow the log. Thread-safe.
class LogFollowers {
 public:
  // The registry outlives it.
  explicit LogFollowers(const Registry& registry) {
    for (const RegisteredRefresher& one : registry.all()) {
      if (auto* const follower = dynamic_cast<LogFollower*>(one.refresher.get())) {
        all_.push_back(follower);
      }
    }
  }

  [[nodiscard]] bool empty() const noexcept { return all_.empty(); }

  void follow(const std::shared_ptr<LogAccess>& log) const {
    for (LogFollower* const one : all_) {
      one->follow(log);
    }
  }
  void stay_alone() const {
    for (const LogFollower* const one : all_) {
      one->stay_alone();
    }
  }
  void restart(const Cursor& place, std::uint64_t resets) const {
    for (LogFollower* const one : all_) {
      one->restart(place, resets);
    }
  }
  void begin(const Cursor& entry, const Decoded& says) const {
    for (LogFollower* const one : all_) {
      one->begin(entry, says);
    }
  }
  void pass_own(const Decoded& says) const {
    for (LogFollower* const one : all_) {
      one->pass_own(says);
    }
  }
  void published(EntryId last, std::span<const Instruction> says) const noexcept {
    for (LogFollower* const one : all_) {
      one->published(last, says);
    }
  }
  [[nodiscard]] bool any_shares() const noexcept {
    return std::ranges::any_of(all_, &LogFollower::shares);
  }
  // A part of each. Whether one has more to do soon.
  [[nodiscard]] bool sweep() const noexcept {
    bool more = false;
    for (LogFollower* const one : all_) {
      more = one->sweep() || more;
    }
    return more;
  }

 private:
  std::vector<LogFollower*> all_;
};

}  // namespace crier
