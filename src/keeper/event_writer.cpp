// SPDX-License-Identifier: MIT
#include "keeper/event_writer.hpp"

#include "base/duration.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

namespace crier {

namespace {

constexpr int kMostEventTries = 3;

}  // namespace

EventWriter::EventWriter(EventQueue& queue, const NodeReport& node,
                         std::vector<RefresherRecord> refreshers)
    : queue_(queue), node_(node), refreshers_(std::move(refreshers)) {}

void EventWriter::note_beat(const BeatResult& around) {
  if (!std::exchange(joined_, true)) {
    queue_.push("joined", "crier " + node_.version + ", host " + node_.host + ", pid " +
                              std::to_string(node_.pid));
  } else if (around.gap > 3 * node_.interval) {
    queue_.push("back", "after " + rough_duration(around.gap) + " without a beat");
  }
  for (const std::string& other : around.ended) {
    queue_.push("stopped", "an earlier start under its name is gone: " + other);
  }
}

void EventWriter::note_given_up(std::span<const FailureRecord> failures) {
  if (!failures.empty()) {
    queue_.push("quarantine",
                std::to_string(failures.size()) +
                    (failures.size() == 1 ? " instruction was given up: "
                                          : " instructions were given up; the first: ") +
                    failures.front().error);
  }
}

void EventWriter::note_goodbye() { queue_.push("stopped", "it said goodbye"); }

void EventWriter::write(Connection& connection, Time now) {
  if (tries_ >= kMostEventTries) {
    unwritten_.clear();
    tries_ = 0;
  }
  std::ranges::move(queue_.take(), std::back_inserter(unwritten_));
  if (unwritten_.size() > EventQueue::kMost) {
    unwritten_.erase(unwritten_.begin(),
                     unwritten_.end() - static_cast<std::ptrdiff_t>(EventQueue::kMost));
  }
  if (unwritten_.empty()) {
    return;
  }
  std::vector<EventRecord> records;
  for (const NodeEvent& event : unwritten_) {
    EventRecord record;
    record.kind = event.kind;
    record.node = node_.name;
    record.incarnation = node_.incarnation;
    record.detail = event.detail;
    record.age = std::max(std::chrono::milliseconds(0),
                          std::chrono::duration_cast<std::chrono::milliseconds>(now - event.at));
    records.push_back(std::move(record));
  }
  ++tries_;
  connection.history().record(records);
  unwritten_.clear();
  tries_ = 0;
}

void EventWriter::declare(Connection& connection) {
  if (!declared_) {
    connection.history().declare(node_, refreshers_);
    declared_ = true;
  }
}

void EventWriter::rename(const Guid& incarnation) {
  node_.incarnation = incarnation;
  declared_ = joined_ = false;
  queue_.push("clone",
              "another process was under way as this node, which goes on as another start");
}

}  // namespace crier
