// SPDX-License-Identifier: MIT
#pragma once

#include <crier/testing.hpp>

#include "testing/clock.hpp"
#include "testing/faults.hpp"
#include "testing/memory_store.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crier::testing {

/// What a world's nodes have in common. Thread-safe.
class World::State {
 public:
  using Time = Clock::Time;

  State();

  void add(const std::shared_ptr<TestNode::Around>& node);
  /// Stands for a process that no other node runs in.
  [[nodiscard]] std::string new_process();
  /// That process is no more.
  void process_died(std::string_view process);

  /// Runs what is due until nothing is; the number of steps.
  std::size_t settle();
  void advance_to(Time target);
  /// Settles; if nothing was due, sets the clock on to what is due next, or to `until`.
  void pass(Time until);

  MemoryStore store;
  Clock clock{store};
  Faults faults;
  /// Held while steps run, which may lead to further ones.
  std::recursive_mutex stepping;

 private:
  /// The nodes whose steps run; under `stepping`.
  [[nodiscard]] std::vector<std::shared_ptr<TestNode::Around>> nodes();
  [[nodiscard]] Time next_due();

  std::vector<std::weak_ptr<TestNode::Around>> nodes_;  // guarded by stepping
  std::atomic<std::uint64_t> processes_ = 0;
  std::mutex mutex_;
  std::set<std::string, std::less<>> died_;  // guarded by mutex_
};

}  // namespace crier::testing
