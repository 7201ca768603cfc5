// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace crier {

// Things of which each is used by one thread at a time, kept for whoever comes next. Thread-safe.
template <class Item>
class Pool {
 public:
  // Null where none is idle.
  [[nodiscard]] std::unique_ptr<Item> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) {
      return nullptr;
    }
    std::unique_ptr<Item> item = std::move(idle_.back());  // the one that was used last
    idle_.pop_back();
    return item;
  }
  void give_back(std::unique_ptr<Item> item) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(item));
  }
  void drop_idle() {
    std::vector<std::unique_ptr<Item>> dropped;
    const std::lock_guard lock(mutex_);
    idle_.swap(dropped);
  }
  // In a child of fork() they are the parent's: nobody closes them there.
  void abandon() noexcept {
    for (std::unique_ptr<Item>& item : idle_) {
      static_cast<void>(item.release());  // NOLINT(bugprone-unused-return-value)
    }
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Item>> idle_;  // guarded by mutex_
};

}  // namespace crier
