// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>
#include <utility>

namespace crier::sqlite {

// Device and inode.
using FileIdentity = std::pair<dev_t, ino_t>;

// Notes that this process has a database open, for as long as it lives. SQLite holds its locks for
// the process, and they do not survive fork(): a child that opened the same file itself would take
// its parent's locks for its own, and write over what others write. Thread-safe.
class NotedOpen {
 public:
  explicit NotedOpen(const FileIdentity& file);
  ~NotedOpen();
  NotedOpen(const NotedOpen&) = delete;
  NotedOpen& operator=(const NotedOpen&) = delete;

  // Whether this process is a child, by fork(), of one that had the file open.
  [[nodiscard]] static bool is_parents(const FileIdentity& file);

 private:
  const FileIdentity file_;
};

}  // namespace crier::sqlite
