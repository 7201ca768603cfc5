// SPDX-License-Identifier: MIT
#include "terminal_signals.hpp"

#include <crier/error.hpp>

#include "base/file_error.hpp"

#include <cerrno>
#include <initializer_list>
#include <sys/signalfd.h>
#include <unistd.h>

namespace crier::cli {

namespace {

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set{};
  sigemptyset(&set);
  for (const int signal : signals) {
    sigaddset(&set, signal);
  }
  return set;
}

}  // namespace

TerminalSignals::TerminalSignals() {
  const sigset_t all = set_of({SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH});
  file_ = ::signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
  if (file_ < 0) {
    throw Error("start", "can't wait for signals: " + system_error_text(errno),
                Error::Kind::retryable);
  }
  pthread_sigmask(SIG_BLOCK, &all, &before_);
}

TerminalSignals::~TerminalSignals() {
  ::close(file_);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

// The kernel gives them in the order of their numbers, in which SIGCONT and SIGTSTP come last.
TerminalSignals::Kind TerminalSignals::next() noexcept {
  signalfd_siginfo info{};
  if (::read(file_, &info, sizeof info) != sizeof info) {
    return Kind::none;
  }
  switch (static_cast<int>(info.ssi_signo)) {
    case SIGTSTP:
      return Kind::stop;
    case SIGCONT:
      return Kind::continued;
    case SIGWINCH:
      return Kind::resized;
    default:
      return Kind::end;
  }
}

// Its own signal, so that a shell is told of the right one, and a process that nobody could have go
// on (its group is an orphan) is not stopped at all.
void TerminalSignals::stop() const noexcept {
  const sigset_t one = set_of({SIGTSTP});
  ::raise(SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
  pthread_sigmask(SIG_BLOCK, &one, nullptr);
}

}  // namespace crier::cli
