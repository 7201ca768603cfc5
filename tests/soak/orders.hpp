// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace crier::soak {

// What the controller tells this process: lines on standard input, and SIGTERM. Once in a process.
class Orders {
 public:
  Orders();

  // The next order, or nothing after `patience`.
  [[nodiscard]] std::optional<std::string> next(std::chrono::milliseconds patience);
  // SIGTERM has come, or the controller has gone.
  [[nodiscard]] bool over() const;

 private:
  bool closed_ = false;
  std::string text_;
};

}  // namespace crier::soak
