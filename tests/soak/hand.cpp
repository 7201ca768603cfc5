// SPDX-License-Identifier: MIT
#include "soak/hand.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace crier::soak {

namespace {

// In the new process: becomes this program again. Only calls that are safe after a fork.
[[noreturn]] void become(char* const* arguments, pid_t parent, int input, const char* log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int error = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (getppid() == parent && dup2(input, STDIN_FILENO) >= 0 && dup2(error, STDERR_FILENO) >= 0) {
    execv("/proc/self/exe", arguments);
  }
  _exit(127);
}

}  // namespace

Hand::Hand(std::vector<std::string> arguments, const std::string& facts, const std::string& log)
    : facts_(facts) {
  arguments.insert(arguments.begin(), "crier_soak");
  arguments.insert(arguments.end(), {"--facts", facts});
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) {
    words.push_back(argument.data());
  }
  words.push_back(nullptr);
  std::array<int, 2> input{};
  if (pipe2(input.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    become(words.data(), parent, input[0], log.c_str());
  }
  close(input[0]);
  input_ = input[1];
  if (pid_ < 0) {
    throw std::system_error(errno, std::generic_category(), "fork");
  }
}

Hand::~Hand() {
  if (!exit_code()) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(input_);
}

void Hand::order(const std::string& line) const {
  const std::string text = line + '\n';
  // One that has died meanwhile is noticed when it is reaped.
  static_cast<void>(!write(input_, text.data(), text.size()));
}

void Hand::signal(int number) const {
  if (!code_) {
    kill(pid_, number);
  }
}

std::optional<int> Hand::exit_code() {
  int status = 0;
  if (!code_ && waitpid(pid_, &status, WNOHANG) == pid_) {
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return code_;
}

}  // namespace crier::soak
