// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace crier::test {

/// Where a call hangs until the test lets it go. Copes with calls that come when it is open.
class Gate {
 public:
  /// Hangs until open(); not for good, lest a test that fails does.
  void pass() {
    std::unique_lock lock(mutex_);
    ++entered_;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::seconds(20), [this] { return open_; });
  }
  /// False where nobody has come within `deadline`.
  [[nodiscard]] bool wait_until_entered(
      std::chrono::milliseconds deadline = std::chrono::seconds(20)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, deadline, [this] { return entered_ != 0; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int entered_ = 0;  // guarded by mutex_, as is the next
  bool open_ = false;
};

}  // namespace crier::test
