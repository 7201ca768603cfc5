// SPDX-License-Identifier: MIT
#include "interrupt.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <signal.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace crier::test {
namespace {

using crier::cli::Interrupt;
using namespace std::chrono_literals;

auto handler_of(int signal) {
  struct sigaction now {};
  ::sigaction(signal, nullptr, &now);
  return now.sa_handler;
}

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

TEST_CASE("SIGINT, SIGTERM and SIGHUP interrupt once they are caught") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    Interrupt interrupt;
    interrupt.catch_signals();
    CHECK_FALSE(interrupt.requested());
    ::raise(signal);
    CHECK(interrupt.wait_for(20s));
  }
}

TEST_CASE("the old handlers come back at the end") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    CAPTURE(signal);
    struct sigaction own {
    }, before{};
    own.sa_handler = [](int) {};
    ::sigaction(signal, &own, &before);
    {
      Interrupt interrupt;
      interrupt.catch_signals();
      CHECK((handler_of(signal) != own.sa_handler));
    }
    CHECK((handler_of(signal) == own.sa_handler));
    ::sigaction(signal, &before, nullptr);
  }
}

TEST_CASE("whoever writes to a pipe that is closed lives, and is told") {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  ::close(pipe[0]);
  CHECK((handler_of(SIGPIPE) == SIG_DFL));
  {
    Interrupt interrupt;
    interrupt.catch_signals();
    CHECK((handler_of(SIGPIPE) == SIG_IGN));
    CHECK(::write(pipe[1], "!", 1) == -1);
    CHECK_FALSE(interrupt.requested());
  }
  ::close(pipe[1]);
}

TEST_CASE("a hangup that nohup has refused is no interrupt") {
  struct sigaction ignore {
  }, before{};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGHUP, &ignore, &before);
  {
    Interrupt interrupt;
    interrupt.catch_signals();
    ::raise(SIGHUP);
    CHECK_FALSE(interrupt.requested());
  }
  CHECK((handler_of(SIGHUP) == SIG_IGN));
  ::sigaction(SIGHUP, &before, nullptr);
}

TEST_CASE("a hangup that comes twice does not kill") {
  Interrupt interrupt;
  interrupt.catch_signals();
  ::raise(SIGHUP);
  ::raise(SIGHUP);
  CHECK(interrupt.requested());
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

}  // namespace
}  // namespace crier::test
