// SPDX-License-Identifier: MIT
#pragma once

#include "base/file_error.hpp"

#include <string>
#include <sys/types.h>

namespace crier {

// A regular file, opened at a path where others may have put something else: no link is followed,
// no pipe is waited for, no device is used, and none is opened for writing that somebody else may
// know by another name. Nothing but the opening touches the file.
class PlainFile {
 public:
  // `flags` as open() takes them; `mode` for a file that is made.
  explicit PlainFile(const std::string& path, int flags, mode_t mode = 0);
  ~PlainFile();
  PlainFile(PlainFile&& other) noexcept;
  PlainFile& operator=(PlainFile&& other) noexcept;

  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] int fd() const { return fd_; }
  // Why it is not open: ENXIO if what stands there is no regular file, EMLINK if it has several
  // names.
  [[nodiscard]] int error() const { return error_; }
  // Whether it belongs to a user other than this one and the root. REQUIRES: it is open.
  [[nodiscard]] bool is_anothers() const;

 private:
  int fd_;
  int error_ = 0;
};

}  // namespace crier
