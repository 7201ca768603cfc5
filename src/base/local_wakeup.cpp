// SPDX-License-Identifier: MIT
#include "base/local_wakeup.hpp"

namespace crier {

std::uint64_t LocalWakeup::mark() noexcept {
  const std::lock_guard lock(mutex_);
  return rings_;
}

bool LocalWakeup::wait(std::uint64_t mark, std::chrono::nanoseconds timeout) noexcept {
  std::unique_lock lock(mutex_);
  return rung_.wait_for(lock, timeout, [&] { return rings_ != mark; });
}

void LocalWakeup::ring() noexcept {
  ring_unheard();
  rung_.notify_all();
}

void LocalWakeup::ring_unheard() noexcept {
  const std::lock_guard lock(mutex_);
  ++rings_;
}

}  // namespace crier
