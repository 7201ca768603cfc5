// SPDX-License-Identifier: MIT
#include "crew.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace shop {
namespace {

constexpr int kTickMs = 50;

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  return ends;
}

void close_end(int& descriptor) {
  if (descriptor >= 0) {
    close(descriptor);
    descriptor = -1;
  }
}

// In the new process: becomes this program again. Only calls that are safe after a fork.
[[noreturn]] void become(char* const* arguments, pid_t parent, int input, int facts) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const bool orphan = getppid() != parent;
  if (!orphan && dup2(input, STDIN_FILENO) >= 0 && fcntl(STDIN_FILENO, F_SETFD, 0) == 0 &&
      fcntl(facts, F_SETFD, 0) == 0) {
    execv("/proc/self/exe", arguments);
  }
  _exit(127);
}

}  // namespace

Crew::~Crew() {
  for (Process& process : processes_) {
    close_end(process.input);
    close_end(process.facts);
    if (process.pid > 0) {
      ::kill(process.pid, SIGKILL);
      waitpid(process.pid, nullptr, 0);
    }
  }
}

void Crew::start(const std::string& name, std::vector<std::string> arguments) {
  std::array<int, 2> input = make_pipe();
  std::array<int, 2> facts = make_pipe();
  arguments.insert(arguments.begin(), "crier_shop");
  arguments.insert(arguments.end(), {"--name", name, "--facts", std::to_string(facts[1])});
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) {
    words.push_back(argument.data());
  }
  words.push_back(nullptr);

  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    become(words.data(), parent, input[0], facts[1]);
  }
  close_end(input[0]);
  close_end(facts[1]);
  if (pid < 0) {
    throw std::system_error(errno, std::generic_category(), "fork");
  }
  processes_.push_back({name, pid, input[1], facts[0], LineReader(facts[0])});
}

void Crew::kill(const std::string& name) const {
  for (const Process& process : processes_) {
    if (process.name == name && process.pid > 0) {
      ::kill(process.pid, SIGKILL);
    }
  }
}

void Crew::tell(const std::string& line) const {
  for (const Process& process : processes_) {
    write_line(process.input, line);
  }
}

void Crew::end_inputs() {
  for (Process& process : processes_) {
    close_end(process.input);
  }
}

std::size_t Crew::running() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(processes_, [](const Process& process) { return process.pid > 0; }));
}

void Crew::take(Process& process) {
  const bool open = process.lines.fill();
  while (const auto line = process.lines.next()) {
    fact_(process.name, *line);
  }
  if (open) {
    return;
  }
  // The kernel closed its end: the process is over, or as good as.
  int status = 0;
  waitpid(process.pid, &status, 0);
  process.pid = -1;
  close_end(process.input);
  close_end(process.facts);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  fact_(process.name, "ended " + std::to_string(code));
}

void Crew::listen(const std::function<bool()>& done, std::chrono::seconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("the nodes did not answer within " +
                               std::to_string(deadline.count()) + " s");
    }
    std::vector<pollfd> events;
    events.reserve(processes_.size());
    for (const Process& process : processes_) {
      events.push_back({process.facts, POLLIN, 0});
    }
    poll(events.data(), events.size(), kTickMs);
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].revents != 0) {
        take(processes_[i]);
      }
    }
    tick_();
  }
}

}  // namespace shop
