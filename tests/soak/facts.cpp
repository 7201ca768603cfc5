// SPDX-License-Identifier: MIT
#include "soak/facts.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace crier::soak {

Facts::Facts(const std::string& file)
    : descriptor_(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0) {
    throw std::system_error(errno, std::generic_category(), file);
  }
}

Facts::~Facts() { close(descriptor_); }

void Facts::say(std::string line) const {
  line += '\n';
  if (write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    // What can't be said can't be checked: the verdict must not be drawn without it.
    _exit(125);
  }
}

FactReader::~FactReader() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

bool FactReader::fill() {
  if (descriptor_ < 0) {
    descriptor_ = open(file_.c_str(), O_RDONLY | O_CLOEXEC);
  }
  std::array<char, 65536> bytes;
  const ssize_t size = descriptor_ < 0 ? 0 : ::read(descriptor_, bytes.data(), bytes.size());
  if (size <= 0) {
    return false;
  }
  text_.append(bytes.data(), static_cast<std::size_t>(size));
  return true;
}

}  // namespace crier::soak
