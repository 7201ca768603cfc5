// SPDX-License-Identifier: MIT
#include "replace_file.hpp"

#include <crier/error.hpp>

#include "base/file_error.hpp"
#include "printable.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace crier::cli {

namespace {

// What keeps the file at `path` from being replaced; empty if nothing does.
std::string obstacle_at(const std::string& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0 || S_ISREG(there.st_mode)) {
    return "";  // what else is wrong with the path, the new file will find
  }
  return S_ISLNK(there.st_mode)   ? "it is a link, which would be lost; name the file it leads to"
         : S_ISDIR(there.st_mode) ? "it is a folder; name a file in it"
                                  : "it is no regular file, and would be lost; name another";
}

// Nothing, or the number of the error.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return errno;
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

void replace_file(const std::string& path, std::string_view text) {
  const auto refuse = [&](const std::string& why) {
    throw Error("write the file", "can't write " + in_quotes(path) + ": " + why);
  };
  if (const std::string obstacle = obstacle_at(path); !obstacle.empty()) {
    refuse(obstacle);
  }
  // The name is no secret: what others have put there is not followed.
  const std::string beside = path + "." + std::to_string(::getpid()) + ".new";
  constexpr mode_t kReadableByAll = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
  ::unlink(beside.c_str());  // of one that was killed
  const int fd =
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kReadableByAll);
  if (fd < 0) {
    refuse(system_error_text(errno));
  }
  int error = write_all(fd, text);
  if (::close(fd) != 0 && error == 0) {
    error = errno;
  }
  if (error == 0 && std::rename(beside.c_str(), path.c_str()) != 0) {
    error = errno;
  }
  if (error != 0) {
    ::unlink(beside.c_str());
    refuse(system_error_text(error));
  }
}

}  // namespace crier::cli
