// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <sys/types.h>

namespace crier::test {

/// A copy of this process that runs one function. Make it while no other thread runs.
class Forked {
 public:
  /// `body` returns the exit status; what it throws is printed and makes that 125.
  explicit Forked(const std::function<int()>& body);
  /// Kills the process where it was not waited for.
  ~Forked();
  Forked(const Forked&) = delete;
  Forked& operator=(const Forked&) = delete;

  /// The exit status, or the signal that ended the process as a negative number.
  int wait();
  /// The same, or nothing if the process has not ended within `deadline`.
  std::optional<int> wait_for(std::chrono::milliseconds deadline);
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

/// The outcome of a Forked that is made while other threads run; -SIGKILL if it hangs. A sanitizer
/// of a version before LLVM 17 does not hold its allocator's locks over a fork, so that a copy may
/// hang in it (https://github.com/google/sanitizers/issues/1814): under one a few more are made.
int run_forked(const std::function<int()>& body);

}  // namespace crier::test
