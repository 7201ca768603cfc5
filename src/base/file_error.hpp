// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace crier {

// What an error number means, in words. Of a limit it says which, and what to do.
[[nodiscard]] inline std::string system_error_text(int error) {
  switch (error) {
    case EMFILE:
    case ENFILE:
      return "all file descriptors are used up (ulimit -n); try again";
    case EFBIG:
      return "this process may make no file so large (ulimit -f)";
    case ENOSPC:
      return "the disk is full; free some space";
    case EDQUOT:
      return "this user may put no more on that disk (quota); free some space";
    default:
      return std::generic_category().message(error);
  }
}

// The same of a PlainFile, at whose path something else may stand.
[[nodiscard]] inline std::string file_error_text(int error) {
  switch (error) {
    case ELOOP:
      return "it is a link, and links are not followed; move it away";
    case EMLINK:
      return "it has several names (hard links), and may be somebody's file; move it away";
    case ENXIO:
      return "it is no regular file; move it away";
    default:
      return system_error_text(error);
  }
}

// Whether the same call may go well later, without anybody's doing.
[[nodiscard]] inline bool is_passing_file_error(int error) {
  return error == EMFILE || error == ENFILE;
}

}  // namespace crier
