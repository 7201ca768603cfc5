// SPDX-License-Identifier: MIT
#pragma once

#include <crier/freshness.hpp>
#include <crier/guid.hpp>

#include "base/position.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace crier {

struct Core;

// How fresh the caches behind `dispatcher` are.
[[nodiscard]] Freshness freshness_of(const Core& core, const Position& position,
                                     std::chrono::steady_clock::time_point now);

// Looks on from a thread of its own, since whoever is stuck can't tell: at refreshers that don't
// return, at a poller and a keeper that don't come forward, and at caches that may be stale.
class Watchdog {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Settings {
    std::chrono::milliseconds poller_deadline{};  // within which it comes forward
    std::chrono::milliseconds keeper_deadline{};
    std::function<std::uint64_t()> poller;  // the number of the one that runs now
    // Puts another one in its place; `why` is a sentence.
    std::function<void(const std::string& why)> replace_poller;
  };

  Watchdog(Core& core, const Position& position, Settings settings, Time now);

  // How often step() is to be called.
  [[nodiscard]] std::chrono::milliseconds period() const;
  void step(Time now);

  // The poller, the keeper has done a step, well or not. Any thread.
  void poller_stepped(Time now) { poller_at_ = now; }
  void keeper_stepped(Time now) { keeper_at_ = now; }

 private:
  void watch_poller(Time now);
  void watch_keeper(Time now);
  void watch_caches(Time now);

  Core& core_;
  const Position& position_;
  const Settings settings_;
  std::atomic<Time> poller_at_;  // or when it took over
  std::atomic<Time> keeper_at_;
  bool keeper_told_ = false;
  std::map<Guid, Time> acted_;  // when a refresher's WhenStale was last acted on
  const Time began_;
};

}  // namespace crier
