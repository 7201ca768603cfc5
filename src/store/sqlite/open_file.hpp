// SPDX-License-Identifier: MIT
#pragma once

#include "store/sqlite/open_files.hpp"

#include <array>
#include <optional>
#include <string>

struct sqlite3;

namespace crier::sqlite {

// What has become of a file while it was open.
enum class FileState {
  in_place,
  moved,      // the path leads to another file, or to none
  truncated,  // cut to nothing where it stands
  log_moved,  // the write-ahead log or its index, which belong to it, are gone or others
};

// The file that a connection of SQLite's has open, by the path that was asked for.
class OpenFile {
 public:
  // REQUIRES: `handle` is open.
  OpenFile(sqlite3* handle, const std::string& path);

  // A stat() for each of the three files, so that it can be asked with each call. Opens none: see
  // file_fault(). REQUIRES: the connection has read something.
  [[nodiscard]] FileState state() noexcept;

  // Of the file; zeros if it was moved before it could be told.
  [[nodiscard]] FileIdentity identity() const { return identity_.value_or(FileIdentity()); }

  // Whether SQLite has used the index of a write-ahead log that is gone, because another connection
  // of this process still has it open: it says nothing of the log that stands there now. Throws
  // crier::Error if this process can open no file to find out. REQUIRES: as above.
  [[nodiscard]] bool is_log_stale() const;

 private:
  bool look_at_log() noexcept;

  std::string path_;
  std::optional<FileIdentity> identity_;  // nothing: it was moved before it could be told
  std::optional<NotedOpen> noted_;
  bool had_pages_ = false;                          // a database that is being created is empty
  std::array<std::string, 2> log_paths_;            // beside the file to which links lead
  std::optional<std::array<FileIdentity, 2>> log_;  // nothing yet: it had none
};

}  // namespace crier::sqlite
