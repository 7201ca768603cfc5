// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string_view>

namespace crier::test {

/// While it lives, SQLite in this process asks `gate` before each thing that it does to a file of a
/// database that is opened meanwhile: "open", "read", "write", "sync", "truncate", "size", "lock",
/// "shm_map", "shm_lock", "delete". The gate returns 0 to let it through, or the code of SQLite's
/// with which it fails (SQLITE_IOERR_READ, SQLITE_FULL, SQLITE_BUSY, ...). Nothing waits for the
/// disk. One at a time; the databases are closed before it goes. Called on whichever thread uses
/// SQLite.
class FaultyVfs {
 public:
  using Gate = std::function<int(std::string_view what)>;

  explicit FaultyVfs(Gate gate);
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;
};

}  // namespace crier::test
