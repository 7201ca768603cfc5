// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace crier::test {

/// An executor that keeps what it is given until the test runs it.
class Later {
 public:
  void add(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  std::size_t run() {
    std::deque<std::function<void()>> tasks = take();
    for (const std::function<void()>& task : tasks) {
      task();
    }
    return tasks.size();
  }
  std::size_t drop() { return take().size(); }

 private:
  std::deque<std::function<void()>> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(tasks_, {});
  }

  std::mutex mutex_;
  std::deque<std::function<void()>> tasks_;  // guarded by mutex_
};

}  // namespace crier::test
