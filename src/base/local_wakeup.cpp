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

void LocalWakeup::ring() noexcept { count(1); }

void LocalWakeup::ring_others() noexcept { count(0); }

void LocalWakeup::ring_unheard() noexcept {
  const std::lock_guard lock(mutex_);
  ++rings_;
}

std::optional<std::uint32_t> LocalWakeup::calls() const noexcept {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void LocalWakeup::count(std::uint32_t calls) noexcept {
  {
    const std::lock_guard lock(mutex_);
    ++rings_;
    calls_ += calls;
  }
  rung_.notify_all();
}

}  // namespace crier
