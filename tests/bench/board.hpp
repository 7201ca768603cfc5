// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace crier::bench {

// When each message was sent, and when each subscriber had it: in memory that a process shares with
// those it forks. Safe on any thread of any of them.
class Board {
 public:
  Board(int subscribers, int messages);
  ~Board();
  Board(const Board&) = delete;
  Board& operator=(const Board&) = delete;

  [[nodiscard]] int messages() const { return messages_; }

  void subscribed() { ++times_[0]; }
  [[nodiscard]] bool all_subscribed() const { return times_[0] == subscribers_; }

  void sent(int message);
  void received(int subscriber, int message);
  [[nodiscard]] bool all_received() const;

  // From the sending of each message, but for the first `warm_up`, until the last subscriber had
  // it.
  [[nodiscard]] std::vector<double> latencies_us(int warm_up) const;

 private:
  [[nodiscard]] std::size_t sent_at(int message) const;
  [[nodiscard]] std::size_t received_at(int subscriber, int message) const;

  const int subscribers_;
  const int messages_;
  std::span<std::atomic<std::int64_t>> times_;  // nanoseconds; the first counts who has subscribed
};

}  // namespace crier::bench
