// SPDX-License-Identifier: MIT
#include "interrupt.hpp"

#include <crier/error.hpp>

#include "base/file_error.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <poll.h>
#include <unistd.h>

namespace crier::cli {

namespace {

// A signal handler gets nothing but a number, so this can't be a member.
std::atomic<int> signal_pipe = -1;
static_assert(std::atomic<int>::is_always_lock_free);

void write_byte(int pipe) noexcept {
  // A full pipe has been triggered already.
  [[maybe_unused]] const auto ignored = ::write(pipe, "!", 1);
}

extern "C" void on_signal(int) {
  const int saved = errno;
  // SIGHUP stays caught: a terminal that is closed may send it twice.
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
  write_byte(signal_pipe);
  errno = saved;
}

}  // namespace

Interrupt::Interrupt() {
  if (::pipe2(pipe_.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw Error("start", "can't make a pipe: " + system_error_text(errno), Error::Kind::retryable);
  }
}

Interrupt::~Interrupt() {
  if (catching_) {
    ::sigaction(SIGINT, &old_interrupt_, nullptr);
    ::sigaction(SIGTERM, &old_terminate_, nullptr);
    ::sigaction(SIGHUP, &old_hangup_, nullptr);
    ::sigaction(SIGPIPE, &old_pipe_, nullptr);
    signal_pipe = -1;
  }
  ::close(pipe_[0]);
  ::close(pipe_[1]);
}

void Interrupt::catch_signals() {
  signal_pipe = pipe_[1];
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, &old_interrupt_);
  ::sigaction(SIGTERM, &action, &old_terminate_);
  ::sigaction(SIGHUP, &action, &old_hangup_);
  if (old_hangup_.sa_handler == SIG_IGN) {
    ::sigaction(SIGHUP, &old_hangup_, nullptr);
  }
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, &old_pipe_);
  catching_ = true;
}

void Interrupt::trigger() const noexcept { write_byte(pipe_[1]); }

bool Interrupt::wait_for(std::chrono::milliseconds duration) const noexcept {
  const int timeout = static_cast<int>(
      std::min<std::chrono::milliseconds::rep>(duration.count(), std::numeric_limits<int>::max()));
  pollfd readable{pipe_[0], POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&readable, 1, timeout);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

}  // namespace crier::cli
