// SPDX-License-Identifier: MIT
#include "support/child.hpp"

#include "support/eventually.hpp"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace crier::test {

namespace {

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  std::vector<std::string> lines;
  std::string_view rest = text;
  for (std::size_t end = 0; (end = rest.find('\n')) != std::string_view::npos;) {
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace

Child::Child(const std::filesystem::path& dir, const std::string& name,
             const std::vector<std::string>& command)
    : out_(dir / (name + ".out")), err_(dir / (name + ".err")) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out_.c_str(), kFlags, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err_.c_str(), kFlags, 0600);
  std::vector<char*> argv;
  for (const std::string& word : command) {
    argv.push_back(const_cast<char*>(word.c_str()));  // NOLINT: posix_spawn's signature is from C
  }
  argv.push_back(nullptr);
  const int error = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw std::runtime_error("can't start " + command[0]);
  }
}

Child::~Child() {
  if (!reap(false)) {
    kill(pid_, SIGKILL);
    static_cast<void>(reap(true));
  }
}

void Child::signal(int number) const {
  kill(pid_, number);
  if (number == SIGSTOP) {
    siginfo_t ignored;
    waitid(P_PID, static_cast<id_t>(pid_), &ignored, WSTOPPED | WEXITED | WNOWAIT);
  }
}

int Child::wait() {
  if (!eventually([this] { return reap(false); })) {
    kill(pid_, SIGKILL);
    static_cast<void>(reap(true));
    throw std::runtime_error("a process did not end in time: " + out_.string());
  }
  return *status_;
}

std::vector<std::string> Child::out() const { return lines_of(out_); }

std::vector<std::string> Child::err() const { return lines_of(err_); }

bool Child::reap(bool block) {
  if (status_) {
    return true;
  }
  int status = 0;
  if (waitpid(pid_, &status, block ? 0 : WNOHANG) != pid_) {
    return false;
  }
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

}  // namespace crier::test
