// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace crier {

/// Wakes pollers that sleep when something was appended. Only a hint: if a ring is lost nothing
/// else is, since pollers look at the log in intervals all the same. Thread-safe.
class Wakeup {
 public:
  virtual ~Wakeup() = default;
  /// Stands for rings that have been. Taken before a look at the log, so that a ring between the
  /// look and the sleep is not missed.
  [[nodiscard]] virtual std::uint64_t mark() noexcept = 0;
  /// Sleeps until there is a ring that `mark` does not stand for; false if `timeout` passed
  /// without one. May return true without a ring.
  virtual bool wait(std::uint64_t mark, std::chrono::nanoseconds timeout) noexcept = 0;
  /// Wakes all who sleep: in this process, and in others if the store can.
  virtual void ring() noexcept = 0;
  /// As ring(), but who sleeps on this very Wakeup may sleep on: the writer of an entry need not
  /// look at it. Its next wait() ends at once all the same.
  virtual void ring_others() noexcept { ring(); }
  /// From now on ring_others() wakes who sleeps on this very Wakeup, too.
  virtual void hear_own() noexcept {}
  /// Why others' rings are not heard, or can't be given; empty if all is well. It heals by
  /// itself.
  [[nodiscard]] virtual std::string trouble() const = 0;
};

}  // namespace crier
