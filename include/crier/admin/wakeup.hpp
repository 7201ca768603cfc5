// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
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
  /// Wakes who sleeps on this very Wakeup, and nobody else if the store can tell. Who does not
  /// sleep yet may not hear it.
  virtual void ring_self() noexcept { ring(); }
  /// From now on ring_others() wakes who sleeps on this very Wakeup, too.
  virtual void hear_own() noexcept {}
  /// Lays `entries`, which the log holds right after `before` in this order, beside the bell for
  /// those who are rung by ring_with_entries(): they need not read the log for them. Call it after
  /// the commit. False if they are not there: ring_others() then.
  [[nodiscard]] virtual bool hand_over(const Cursor& /*before*/,
                                       std::span<const Entry> /*entries*/) noexcept {
    return false;
  }
  /// Whether anybody may have use for what is handed over.
  [[nodiscard]] virtual bool hands_over() const noexcept { return false; }
  /// As ring_others(), after a hand_over().
  virtual void ring_with_entries() noexcept { ring_others(); }
  /// How many rings there were, of each kind: what counts is how many came since. Both go round.
  struct Rings {
    std::uint32_t with_entries = 0;  ///< whose entries can be taken
    std::uint32_t without = 0;       ///< by which the log is to be looked at
  };
  /// How many this Wakeup has heard. All are 0 if the store can't tell.
  [[nodiscard]] virtual Rings rings() noexcept { return {}; }
  /// Puts into `entry` the one that was handed over as standing right after `after`, and returns
  /// how many were handed over behind it for the same ring. Nothing if there is none, and then
  /// `entry` holds anything. The log need not hold it any more, as after a restore, and may never
  /// have held it: only the log proves anything.
  [[nodiscard]] virtual std::optional<std::size_t> take(const Cursor& /*after*/,
                                                        Entry& /*entry*/) noexcept {
    return std::nullopt;
  }
  /// Why others' rings are not heard, or can't be given; empty if all is well. It heals by
  /// itself.
  [[nodiscard]] virtual std::string trouble() const = 0;
};

}  // namespace crier
