// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include <condition_variable>
#include <mutex>

namespace crier {

// Wakes the threads of this process only.
class LocalWakeup final : public Wakeup {
 public:
  [[nodiscard]] std::uint64_t mark() noexcept override;
  bool wait(std::uint64_t mark, std::chrono::nanoseconds timeout) noexcept override;
  void ring() noexcept override;
  void ring_others() noexcept override;  // who sleeps here is another for all that is known
  // Wakes nobody, but the next wait() ends at once.
  void ring_unheard() noexcept;
  [[nodiscard]] std::optional<std::uint32_t> calls() const noexcept override;
  [[nodiscard]] std::string trouble() const override { return {}; }

 private:
  void count(std::uint32_t calls) noexcept;

  mutable std::mutex mutex_;
  std::condition_variable rung_;
  std::uint32_t rings_ = 0;  // guarded by mutex_, as are the next
  std::uint32_t calls_ = 0;
};

}  // namespace crier
