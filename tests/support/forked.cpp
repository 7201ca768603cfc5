// SPDX-License-Identifier: MIT
#include "support/forked.hpp"

#include "support/eventually.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace crier::test {
namespace {

int outcome_of(int status) { return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status); }

}  // namespace

Forked::Forked(const std::function<int()>& body) {
  std::cout.flush();  // else the copy may print it as well
  pid_ = fork();
  if (pid_ < 0) {
    throw std::system_error(errno, std::generic_category(), "fork");
  }
  if (pid_ == 0) {
    int status = 125;
    try {
      status = body();
    } catch (const std::exception& error) {
      static_cast<void>(std::fprintf(stderr, "in a forked process: %s\n", error.what()));
    }
    _exit(status);
  }
}

Forked::~Forked() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    wait();
  }
}

int Forked::wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return outcome_of(status);
}

std::optional<int> Forked::wait_for(std::chrono::milliseconds deadline) {
  int status = 0;
  if (!eventually([&] { return waitpid(pid_, &status, WNOHANG) == pid_; }, deadline)) {
    return std::nullopt;
  }
  pid_ = -1;
  return outcome_of(status);
}

int run_forked(const std::function<int()>& body) {
  constexpr std::chrono::seconds kPatience(40);  // several of a use's own deadline
  // Some other library's lock may have been held as the child was made.
  for (int tries = 4; tries > 0; --tries) {
    Forked copy(body);
    if (const std::optional<int> outcome = copy.wait_for(kPatience)) {
      return *outcome;
    }
  }
  return -SIGKILL;
}

}  // namespace crier::test
