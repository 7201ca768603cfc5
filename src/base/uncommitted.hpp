// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

namespace crier {

// While one lives, this thread is in a transaction of the application's: what it reads may never be
// committed, or be older than what others have committed since.
class Uncommitted {
 public:
  Uncommitted() : outer_(std::exchange(here_, true)) {}
  ~Uncommitted() { here_ = outer_; }
  Uncommitted(const Uncommitted&) = delete;
  Uncommitted& operator=(const Uncommitted&) = delete;

  [[nodiscard]] static bool here() { return here_; }

 private:
  static inline thread_local bool here_ = false;
  const bool outer_;
};

}  // namespace crier
