// SPDX-License-Identifier: MIT
#include "serve/waited_for.hpp"

#include <sys/socket.h>

namespace crier::cli {

void WaitedFor::begin(int socket) {
  const std::lock_guard lock(mutex_);
  since_[socket] = std::chrono::steady_clock::now();
}

void WaitedFor::end(int socket) {
  const std::lock_guard lock(mutex_);
  since_.erase(socket);
}

void WaitedFor::watch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const Time due = std::chrono::steady_clock::now() - patience_;
    for (const auto& [socket, since] : since_) {
      if (since < due) {
        ::shutdown(socket, SHUT_RDWR);  // its own thread sees that, and closes it
      }
    }
    changed_.wait_for(lock, stop, patience_ / 4, [] { return false; });
  }
}

}  // namespace crier::cli
