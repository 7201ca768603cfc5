// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/node_record.hpp>

#include "serve/store_access.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace crier::cli {

// How one node fared at one moment.
struct NodeSample {
  NodeState state = NodeState::live;
  std::chrono::milliseconds behind{0};  // what is known of it, by its last beat
  bool is_paused = false;
};

// How the log fared at one moment.
struct Sample {
  std::chrono::steady_clock::time_point at = {};
  bool is_known = false;  // else nobody could look
  EntryId newest;
  std::map<std::string, NodeSample> nodes = {};  // by their names; none that has stopped
};

// Looks at the nodes and at the log's end once a second, on a thread of its own, and keeps what was
// seen lately. Thread-safe.
class Samples {
 public:
  static constexpr std::chrono::seconds kPeriod{1};
  static constexpr std::size_t kMost = 600;

  // `access` outlives it.
  explicit Samples(StoreAccess& access);

  // Oldest first.
  [[nodiscard]] std::deque<Sample> all() const;
  // Entries per second over the last `period`, or as long as it has looked; nothing: not known yet.
  [[nodiscard]] static std::optional<double> rate(const std::deque<Sample>& samples,
                                                  std::chrono::seconds period);

 private:
  void run(const std::stop_token& stop);

  StoreAccess& access_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Sample> samples_;  // guarded by mutex_
  std::jthread thread_;         // last: it uses the others
};

// What a look at these nodes gives. Of several starts under one name, one that is live shows, and
// of several live ones the one that is farthest behind.
[[nodiscard]] Sample sample_of(const std::vector<NodeRecord>& nodes, EntryId newest);

}  // namespace crier::cli
