// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
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
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

}  // namespace crier::test
