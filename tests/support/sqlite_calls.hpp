// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string_view>

namespace crier::test {

/// While it lives, SQLite in this process asks `gate` before each system call by which it opens,
/// locks, changes or removes a file: "open", "fcntl", "write", "pwrite64", "ftruncate", "unlink".
/// The gate returns 0 to let the call through, or the errno with which it fails. One at a time.
class SqliteCalls {
 public:
  using Gate = std::function<int(std::string_view call)>;

  explicit SqliteCalls(Gate gate);
  ~SqliteCalls();
  SqliteCalls(const SqliteCalls&) = delete;
  SqliteCalls& operator=(const SqliteCalls&) = delete;
};

}  // namespace crier::test
