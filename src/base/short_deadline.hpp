// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include <algorithm>
#include <chrono>

namespace crier {

// A shorter deadline for a connection's calls, as long as it lives. At least 1 ms, and never longer
// than the connection's own.
class ShortDeadline {
 public:
  ShortDeadline(Connection& connection, std::chrono::milliseconds deadline)
      : connection_(connection), own_(connection.deadline()) {
    connection.set_deadline(std::clamp(deadline, std::chrono::milliseconds(1), own_));
  }
  ~ShortDeadline() { connection_.set_deadline(own_); }
  ShortDeadline(const ShortDeadline&) = delete;
  ShortDeadline& operator=(const ShortDeadline&) = delete;

 private:
  Connection& connection_;
  const std::chrono::milliseconds own_;
};

}  // namespace crier
