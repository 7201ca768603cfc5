// SPDX-License-Identifier: MIT
#include "base/plain_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace crier {

PlainFile::PlainFile(const std::string& path, int flags, mode_t mode)
    : fd_(::open(path.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode)) {
  struct stat status {};
  if (fd_ < 0) {
    error_ = errno == EISDIR ? ENXIO : errno;
  } else if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) {
    error_ = ENXIO;
  } else if ((flags & O_ACCMODE) != O_RDONLY && status.st_nlink > 1) {
    error_ = EMLINK;
  }
  if (fd_ >= 0 && error_ != 0) {
    ::close(std::exchange(fd_, -1));
  }
}

PlainFile::~PlainFile() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

PlainFile::PlainFile(PlainFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), error_(other.error_) {}

PlainFile& PlainFile::operator=(PlainFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(error_, other.error_);
  return *this;
}

bool PlainFile::is_anothers() const {
  struct stat status {};
  return ::fstat(fd_, &status) != 0 || (status.st_uid != ::geteuid() && status.st_uid != 0);
}

}  // namespace crier
