// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace crier {

// The calls that an executor makes into a cache, so that the cache's end can wait for them.
class ExecutorCalls {
 public:
  class Call {
   public:
    explicit Call(ExecutorCalls& calls) : calls_(calls) {
      const std::lock_guard lock(calls.mutex_);
      is_allowed_ = !calls.retired_;
      if (is_allowed_) {
        calls.running_.push_back(std::this_thread::get_id());
      }
    }
    ~Call() {
      if (is_allowed_) {
        const std::lock_guard lock(calls_.mutex_);
        calls_.running_.erase(std::ranges::find(calls_.running_, std::this_thread::get_id()));
        calls_.returned_.notify_all();
      }
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    [[nodiscard]] bool is_allowed() const noexcept { return is_allowed_; }

   private:
    ExecutorCalls& calls_;
    bool is_allowed_ = false;
  };

  // No call is allowed any more, and those of other threads have ended.
  void retire() noexcept {
    std::unique_lock lock(mutex_);
    retired_ = true;
    returned_.wait(lock, [this, self = std::this_thread::get_id()] {
      return std::ranges::all_of(running_, [self](std::thread::id id) { return id == self; });
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable returned_;
  bool retired_ = false;  // guarded by mutex_, as is the next
  std::vector<std::thread::id> running_;
};

}  // namespace crier
