// SPDX-License-Identifier: MIT
#include "lines.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <poll.h>
#include <unistd.h>

namespace shop {

std::int64_t now_ns() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

bool readable(int descriptor, std::chrono::milliseconds timeout) {
  pollfd event{descriptor, POLLIN, 0};
  return poll(&event, 1, static_cast<int>(timeout.count())) > 0;
}

bool write_line(int descriptor, const std::string& line) {
  if (descriptor < 0) {
    return true;
  }
  const std::string text = line + '\n';
  return write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool LineReader::fill() {
  std::array<char, 4096> buffer{};
  const ssize_t size = read(descriptor_, buffer.data(), buffer.size());
  if (size < 0 && errno == EINTR) {
    return true;
  }
  if (size <= 0) {
    return false;
  }
  pending_.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

std::optional<std::string> LineReader::next() {
  const std::size_t end = pending_.find('\n');
  if (end == std::string::npos) {
    return std::nullopt;
  }
  std::string line = pending_.substr(0, end);
  pending_.erase(0, end + 1);
  return line;
}

}  // namespace shop
