// SPDX-License-Identifier: MIT
#include "store/sqlite/checkpointer.hpp"

#include <exception>

namespace crier::sqlite {

Checkpointer::~Checkpointer() {
  if (fork_guard_.is_child()) {
    static_cast<void>(thread_.release());  // it is the parent's, and can be neither joined nor left
  } else if (thread_ != nullptr) {
    thread_->join();
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
    if (thread_ != nullptr) {
      thread_->join();  // it has ended
      thread_.reset();
    }
    runs_ = true;
    thread_ = std::make_unique<std::thread>([this] {
      checkpoint_();
      runs_ = false;
    });
    copied_at_ = pages;
    return false;
  } catch (const std::exception&) {  // no thread is to be had, or no memory
    runs_ = false;
    return true;
  }
}

}  // namespace crier::sqlite
