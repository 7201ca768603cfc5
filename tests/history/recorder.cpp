// SPDX-License-Identifier: MIT
#include "history/recorder.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace crier::history {

namespace {

constexpr std::size_t kBuffer = 16 * 1024;

}  // namespace

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Recorder::Recorder(const std::string& file, const std::string& process)
    : descriptor_(open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0) {
    throw std::system_error(errno, std::generic_category(), file);
  }
  text_ = std::string(kHeader) + process + '\n';
  write();
}

Recorder::~Recorder() {
  finish();
  close(descriptor_);
}

void Recorder::put(Event event) {
  const std::lock_guard lock(mutex_);
  append(std::move(event));
}

void Recorder::finish() {
  put({.kind = Kind::end});
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
}

void Recorder::append(Event event) {
  if (has_ended_) {
    return;
  }
  event.time = now();
  text_ += print(event) + '\n';
  const bool at_once = event.kind == Kind::publish || event.kind == Kind::restore ||
                       event.kind == Kind::kill || event.kind == Kind::start ||
                       event.kind == Kind::end;
  if (at_once || text_.size() >= kBuffer) {
    write();
  }
}

void Recorder::write() {
  std::size_t done = 0;
  while (done < text_.size()) {
    const ssize_t written = ::write(descriptor_, text_.data() + done, text_.size() - done);
    if (written < 0 && errno != EINTR) {
      _exit(125);  // without it no verdict must be drawn
    }
    done += written > 0 ? static_cast<std::size_t>(written) : 0;
  }
  text_.clear();
}

}  // namespace crier::history
