// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/history.hpp>
#include <crier/admin/store.hpp>
#include <crier/node_record.hpp>

#include "base/event_queue.hpp"

#include <chrono>
#include <span>
#include <vector>

namespace crier {

// Writes into the history what has happened to this node, and which refreshers it has. Used by one
// thread at a time. If nothing has happened it writes nothing.
class EventWriter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  EventWriter(EventQueue& queue, const NodeReport& node, std::vector<RefresherRecord> refreshers);

  // A beat stands in the database: what it tells of this node and of earlier starts.
  void note_beat(const BeatResult& around);
  // Whether a beat of this incarnation was noted.
  [[nodiscard]] bool has_joined() const { return joined_; }
  void note_given_up(std::span<const FailureRecord> failures);
  void note_goodbye();
  // Throws crier::Error. What can't be written a few times in a row is dropped: nobody waits for
  // it.
  void write(Connection& connection, Time now);
  // Once for each incarnation. Throws crier::Error, and is to be tried again then.
  void declare(Connection& connection);
  // From now on of another incarnation: another process was under way as this one.
  void rename(const Guid& incarnation);

 private:
  EventQueue& queue_;
  NodeReport node_;
  const std::vector<RefresherRecord> refreshers_;
  std::vector<NodeEvent> unwritten_;
  int tries_ = 0;  // in a row, in vain
  bool declared_ = false;
  bool joined_ = false;
};

}  // namespace crier
