// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <ctime>
#include <optional>
#include <string>
#include <sys/types.h>

namespace crier::sqlite {

// A database of another user's that nobody has open, as far as the files beside it tell. SQLite
// would make those files for a reader, too, and leave them behind as his: the owner could write no
// more. So such a database is read as one that doesn't change, for as long as that is true.
class UntouchedFile {
 public:
  // Nothing if it may be open, or is not there.
  [[nodiscard]] static std::optional<UntouchedFile> find(const std::string& database);

  // Whether nobody has opened it since, nor changed it.
  [[nodiscard]] bool is_still() const noexcept;
  // By which SQLite opens it without making files.
  [[nodiscard]] std::string uri() const;

 private:
  struct Stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    timespec modified, changed;
  };

  explicit UntouchedFile(std::string path);
  [[nodiscard]] std::optional<Stamp> look() const noexcept;

  std::string path_;  // without links
  std::array<std::string, 3> beside_;
  std::optional<Stamp> stamp_;
};

}  // namespace crier::sqlite
