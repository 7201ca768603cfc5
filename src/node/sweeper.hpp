// SPDX-License-Identifier: MIT
#pragma once

#include <crier/options.hpp>

#include "base/log_followers.hpp"
#include "base/worker.hpp"

#include <chrono>
#include <functional>
#include <utility>

namespace crier {

// Has those that follow the log tidy up what all nodes share, part by part, while this node leads.
// Used by one thread at a time.
class Sweeper {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `followers` outlive it. The first part comes after `interval`: a node that has just started is
  // busy with other things.
  Sweeper(const LogFollowers& followers, std::function<Role(Time now)> role,
          std::chrono::milliseconds interval, Time now)
      : followers_(followers), role_(std::move(role)), interval_(interval), due_(now + interval) {}

  Stepped step(Time now) {
    constexpr std::chrono::milliseconds kPause{50};  // in which others come by
    if (now >= due_) {
      const Role mine = role_(now);
      const bool leads = mine == Role::single || mine == Role::scheduling_publisher;
      due_ = now + (leads && followers_.sweep() ? std::min(kPause, interval_) : interval_);
    }
    return {true, due_};
  }

 private:
  const LogFollowers& followers_;
  const std::function<Role(Time now)> role_;
  const std::chrono::milliseconds interval_;
  Time due_;
};

}  // namespace crier
