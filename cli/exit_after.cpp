// SPDX-License-Identifier: MIT
#include "exit_after.hpp"

#include "commands/commands.hpp"

#include <unistd.h>

namespace crier::cli {

namespace {

extern "C" void end_at_once(int) { _exit(kCouldNotLook); }

}  // namespace

ExitAfter::ExitAfter(std::chrono::milliseconds time) {
  struct sigaction action = {};
  action.sa_handler = end_at_once;
  sigaction(SIGALRM, &action, &action_before_);
  // Whoever started the tool may have had it blocked.
  sigset_t alarm;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  pthread_sigmask(SIG_UNBLOCK, &alarm, nullptr);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  const std::chrono::microseconds rest = time - seconds;
  const itimerval timer{
      {}, {static_cast<time_t>(seconds.count()), static_cast<suseconds_t>(rest.count())}};
  setitimer(ITIMER_REAL, &timer, &timer_before_);
}

ExitAfter::~ExitAfter() {
  setitimer(ITIMER_REAL, &timer_before_, nullptr);
  sigaction(SIGALRM, &action_before_, nullptr);
}

}  // namespace crier::cli
