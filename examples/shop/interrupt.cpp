// SPDX-License-Identifier: MIT
#include "interrupt.hpp"

#include <csignal>
#include <signal.h>

namespace shop {
namespace {

volatile std::sig_atomic_t caught = 0;

}  // namespace

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = [](int number) { caught = number; };
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    sigaction(number, &action, nullptr);
  }
}

int caught_signal() { return caught; }

}  // namespace shop
