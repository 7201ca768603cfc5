// SPDX-License-Identifier: MIT
#include "interrupt.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <signal.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using crier::cli::Interrupt;
using namespace std::chrono_literals;

TEST_CASE("an interrupt ends a wait, and stays") {
  Interrupt interrupt;
  CHECK_FALSE(interrupt.requested());
  CHECK_FALSE(interrupt.wait_for(1ms));
  std::thread other([&] { interrupt.trigger(); });
  interrupt.wait();
  other.join();
  CHECK(interrupt.requested());
  CHECK(interrupt.wait_for(1h));
}

TEST_CASE("any number of triggers blocks nobody") {
  Interrupt interrupt;
  for (int i = 0; i < 100'000; ++i) {
    interrupt.trigger();
  }
  CHECK(interrupt.requested());
}

TEST_CASE("SIGINT and SIGTERM interrupt once they are caught") {
  for (const int signal : {SIGINT, SIGTERM}) {
    Interrupt interrupt;
    interrupt.catch_signals();
    CHECK_FALSE(interrupt.requested());
    ::raise(signal);
    CHECK(interrupt.wait_for(20s));
  }
}

TEST_CASE("the old handlers come back at the end") {
  struct sigaction before {
  }, after{};
  ::sigaction(SIGINT, nullptr, &before);
  {
    Interrupt interrupt;
    interrupt.catch_signals();
    ::sigaction(SIGINT, nullptr, &after);
    CHECK((after.sa_handler != before.sa_handler));
  }
  ::sigaction(SIGINT, nullptr, &after);
  CHECK((after.sa_handler == before.sa_handler));
}

TEST_CASE("the second signal kills, of either kind") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Interrupt interrupt;
    interrupt.catch_signals();
    ::raise(SIGINT);
    if (!interrupt.requested()) {
      ::_exit(1);
    }
    ::raise(SIGTERM);
    ::_exit(2);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGTERM);
}
