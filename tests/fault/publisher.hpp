// SPDX-License-Identifier: MIT
#pragma once

#include <crier/node.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace crier::test {

/// Publishes one number after another, whatever happens to the database, and keeps what became of
/// each. No number is published twice, so the log says whether one was lost or came twice.
class Publisher {
 public:
  /// Begins. `node` runs, and outlives this.
  explicit Publisher(Node& node) : node_(node), thread_([this] { run(); }) {}
  ~Publisher() { stop(); }
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  /// Ends after the publish that is under way.
  void stop();
  /// Wait until so many more were acknowledged; until one more has failed.
  [[nodiscard]] bool goes_on(std::size_t count = 10) const;
  [[nodiscard]] bool fails() const;

  // After stop().

  [[nodiscard]] const std::map<std::int64_t, EntryId>& acknowledged() const {
    return acknowledged_;
  }
  /// Of which the error said that they may be in the log or not.
  [[nodiscard]] const std::set<std::int64_t>& unsure() const { return unsure_; }
  /// What was said to be no use to try again, last.
  [[nodiscard]] const std::string& last_not_retryable() const { return last_not_retryable_; }
  [[nodiscard]] std::chrono::milliseconds longest() const { return longest_; }

 private:
  void run();
  void publish(std::int64_t number);

  Node& node_;
  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> well_ = 0;
  std::atomic<std::size_t> failed_ = 0;
  std::map<std::int64_t, EntryId> acknowledged_;  // of thread_ alone until it is joined, as below
  std::set<std::int64_t> unsure_;
  std::string last_not_retryable_;
  std::chrono::milliseconds longest_{0};
  std::thread thread_;
};

}  // namespace crier::test
