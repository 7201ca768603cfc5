// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace crier::cli {

// The connections of clients that the server waits for: who keeps it waiting for too long, however
// many bytes come meanwhile, is cut off. Thread-safe.
class WaitedFor {
 public:
  explicit WaitedFor(std::chrono::milliseconds patience)
      : patience_(patience), thread_([this](const std::stop_token& stop) { watch(stop); }) {}

  // The server waits for that socket from now on.
  void begin(int socket);
  // No more; must be called before the socket is closed.
  void end(int socket);

 private:
  using Time = std::chrono::steady_clock::time_point;

  void watch(const std::stop_token& stop);

  const std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<int, Time> since_;  // guarded by mutex_
  std::jthread thread_;        // last: it uses the others
};

}  // namespace crier::cli
