// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>

struct sqlite3;

namespace crier::sqlite {

// What has become of a file while it was open.
enum class FileState {
  in_place,
  moved,      // the path leads to another file, or to none
  truncated,  // cut to nothing where it stands
};

// The file that a connection of SQLite's has open, by the path that was asked for.
class OpenFile {
 public:
  // REQUIRES: `handle` is open.
  OpenFile(sqlite3* handle, const std::string& path);

  // One stat(), so that it can be asked with each call. Opens no file: see file_fault().
  [[nodiscard]] FileState state() noexcept;

 private:
  using Identity = std::pair<dev_t, ino_t>;

  std::string path_;
  std::optional<Identity> identity_;  // nothing: it was moved before it could be told
  bool had_pages_ = false;            // a database that is being created is empty
};

}  // namespace crier::sqlite
