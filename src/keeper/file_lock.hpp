// SPDX-License-Identifier: MIT
#pragma once

#include "base/plain_file.hpp"

#include <string>

namespace crier {

// Held by one at a time, of this process or another; ends with its holder. An empty file stays.
class FileLock {
 public:
  // Throws crier::Error if another one holds it, or there can be no such file.
  explicit FileLock(const std::string& path);

 private:
  PlainFile file_;
};

}  // namespace crier
