// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <stdexcept>
#include <unistd.h>

namespace crier::test {

/// Where the tests run as root, gives the process the rights of nobody as long as it lives.
class Unprivileged {
 public:
  Unprivileged() {
    if (root_ && (setegid(kNobody) != 0 || seteuid(kNobody) != 0)) {
      throw std::runtime_error("root's rights can't be dropped");
    }
  }
  ~Unprivileged() {
    if (root_ && (seteuid(0) != 0 || setegid(0) != 0)) {
      std::terminate();
    }
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  static constexpr unsigned kNobody = 65534;
  const bool root_ = geteuid() == 0;
};

}  // namespace crier::test
