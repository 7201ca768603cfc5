// SPDX-License-Identifier: MIT
#include "store/sqlite/checkpointer.hpp"

#include <system_error>

namespace crier::sqlite {

Checkpointer::~Checkpointer() {
  if (!thread_.joinable()) {
    return;
  }
  if (fork_guard_.is_child()) {
    thread_.detach();  // it is the parent's
  } else {
    thread_.join();
  }
}

bool Checkpointer::committed(int pages) noexcept {
  if (pages < kPages) {
    return false;
  }
  if (pages >= kMostPages) {
    return true;
  }
  const std::lock_guard lock(mutex_);
  if (pages < copied_at_) {  // the log has begun anew
    copied_at_ = 0;
  }
  if (runs_ || pages - copied_at_ < kPages) {
    return false;
  }
  try {
    if (thread_.joinable()) {
      thread_.join();  // it has ended
    }
    runs_ = true;
    thread_ = std::thread([this] {
      checkpoint_();
      runs_ = false;
    });
    copied_at_ = pages;
    return false;
  } catch (const std::system_error&) {  // no thread is to be had
    runs_ = false;
    return true;
  }
}

}  // namespace crier::sqlite
