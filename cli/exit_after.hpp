// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <csignal>
#include <sys/time.h>

namespace crier::cli {

// While it lives, the process ends by itself, with code 4 and without a word, once the time is
// over: whatever else hangs then, a resolver of names too. One at a time.
class ExitAfter {
 public:
  explicit ExitAfter(std::chrono::milliseconds time);
  ~ExitAfter();
  ExitAfter(const ExitAfter&) = delete;
  ExitAfter& operator=(const ExitAfter&) = delete;

 private:
  struct sigaction action_before_ = {};
  itimerval timer_before_ = {};
};

}  // namespace crier::cli
