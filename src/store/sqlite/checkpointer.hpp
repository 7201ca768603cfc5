// SPDX-License-Identifier: MIT
#pragma once

#include "base/fork_guard.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace crier::sqlite {

// Has the write-ahead log copied into the database by a thread of its own, so that no commit waits
// for the disk meanwhile, as the one does that SQLite lets do it by default. That thread never
// copies a log again at once that it has copied whole, which is what SQLite's WAL-reset bug takes.
// Of one store. Thread-safe.
class Checkpointer {
 public:
  // Pages in the log after which it is copied, SQLite's default, and again after as many more.
  static constexpr int kPages = 1000;
  // With so many, writers leave no moment in which the log could begin anew: they do it themselves.
  static constexpr int kMostPages = 4 * kPages;

  // `checkpoint` copies what is there, and throws nothing.
  explicit Checkpointer(std::function<void()> checkpoint) : checkpoint_(std::move(checkpoint)) {}
  // Waits for the copy that is under way.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // A commit has left `pages` in the log. Returns true if who committed has to copy them.
  [[nodiscard]] bool committed(int pages) noexcept;

 private:
  const std::function<void()> checkpoint_;
  const ForkGuard fork_guard_;
  std::mutex mutex_;
  int copied_at_ = 0;  // pages that were in the log when the last copy began
  std::atomic<bool> runs_ = false;
  std::unique_ptr<std::thread> thread_;  // to be joined; null: there is none
};

}  // namespace crier::sqlite
