// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include <condition_variable>
#include <mutex>

namespace crier {

// Wakes the threads of this process only. Whoever sleeps here is another than who rings, for all
// that is known.
class LocalWakeup final : public Wakeup {
 public:
  [[nodiscard]] std::uint64_t mark() noexcept override;
  bool wait(std::uint64_t mark, std::chrono::nanoseconds timeout) noexcept override;
  void ring() noexcept override;
  // Wakes nobody, but the next wait() ends at once.
  void ring_unheard() noexcept;
  [[nodiscard]] std::string trouble() const override { return {}; }

 private:
  std::mutex mutex_;
  std::condition_variable rung_;
  std::uint32_t rings_ = 0;  // guarded by mutex_
};

}  // namespace crier
