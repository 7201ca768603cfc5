// SPDX-License-Identifier: MIT
#include "keeper/file_lock.hpp"

#include <crier/error.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace crier {

FileLock::FileLock(const std::string& path)
    : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644)) {
  if (fd_ >= 0 && flock(fd_, LOCK_EX | LOCK_NB) == 0) {
    return;
  }
  const int error = errno;
  if (fd_ >= 0) {
    ::close(fd_);
  }
  throw Error(
      "keep position",
      error == EWOULDBLOCK
          ? "'" + path + "' is locked: another node keeps its position there; give each its own"
          : "can't lock '" + path + "': " + std::generic_category().message(error));
}

FileLock::~FileLock() { ::close(fd_); }

}  // namespace crier
