// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crier {

// Held by one at a time, of this process or another; ends with its holder. An empty file stays.
class FileLock {
 public:
  // Throws crier::Error if another one holds it, or the file can't be made.
  explicit FileLock(const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  const int fd_;
};

}  // namespace crier
