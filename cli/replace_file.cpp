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
  const auto fail = [&](int error) {
    throw Error("write the file",
                "can't write " + in_quotes(path) + ": " + system_error_text(error));
  };
  // The name is no secret: what others have put there is not followed.
  const std::string beside = path + "." + std::to_string(::getpid()) + ".new";
  constexpr mode_t kReadableByAll = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
  ::unlink(beside.c_str());  // of one that was killed
  const int fd =
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kReadableByAll);
  if (fd < 0) {
    fail(errno);
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
    fail(error);
  }
}

}  // namespace crier::cli
