// SPDX-License-Identifier: MIT
#include "support/forked.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace crier::test {

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
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace crier::test
