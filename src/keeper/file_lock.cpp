// SPDX-License-Identifier: MIT
#include "keeper/file_lock.hpp"

#include <crier/error.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>

namespace crier {

// For its owner alone: whoever may read a file may lock it.
FileLock::FileLock(const std::string& path) : file_(path, O_RDWR | O_CREAT, 0600) {
  if (file_.is_open() && file_.is_anothers()) {
    throw Error("keep position", "can't lock '" + path +
                                     "': it belongs to another user, who could lock it for ever; "
                                     "move it away");
  }
  if (file_.is_open() && ::flock(file_.fd(), LOCK_EX | LOCK_NB) == 0) {
    return;
  }
  const int error = file_.is_open() ? errno : file_.error();
  throw Error(
      "keep position",
      error == EWOULDBLOCK
          ? "'" + path + "' is locked: another node keeps its position there; give each its own"
          : "can't lock '" + path + "': " + file_error_text(error),
      is_passing_file_error(error) ? Error::Kind::retryable : Error::Kind::failed);
}

}  // namespace crier
