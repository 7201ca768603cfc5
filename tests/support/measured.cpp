// SPDX-License-Identifier: MIT
// Runs a test's command, and notes what it cost: see script/slow-tests.
//   measured COSTS [--name NAME] PROGRAM [ARGUMENT...]
// Adds a line to the file COSTS: seconds of CPU (children included), seconds of wall time, command.
// COSTS holds the last run of ctest: it begins with whose it is, and another run empties it.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// "contract: append: ids are consecutive", as ctest shows it; else the command.
std::string name_of(int count, char** words) {
  constexpr std::string_view kCase = "--test-case=";
  const std::string_view program = words[0];
  std::string name(program.substr(program.rfind('/') + 1));
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    const bool is_case = word.starts_with(kCase);
    name += is_case ? ": " : " ";
    name += is_case ? word.substr(kCase.size()) : word.substr(word.rfind('/') + 1);
  }
  return name;
}

void note(const char* path, const std::string& line) {
  const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0 || flock(file, LOCK_EX) != 0) {
    std::perror(path);
    return;
  }
  const std::string owner = "run " + std::to_string(getppid()) + "\n";
  std::string first(owner.size(), '\0');
  if (pread(file, first.data(), first.size(), 0) != static_cast<ssize_t>(first.size()) ||
      first != owner) {
    if (ftruncate(file, 0) != 0 || pwrite(file, owner.data(), owner.size(), 0) < 0) {
      std::perror(path);
    }
  }
  lseek(file, 0, SEEK_END);
  if (write(file, line.data(), line.size()) < 0) {
    std::perror(path);
  }
  close(file);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("measured COSTS [--name NAME] PROGRAM [ARGUMENT...]\n", stderr);
    return 2;
  }
  char** words = argv + 2;
  std::string name;
  if (argc > 4 && std::string_view(words[0]) == "--name") {
    name = words[1];
    words += 2;
  }
  // Not a test, but the build that asks which there are.
  if (argc > 3 && std::string_view(argv[argc - 1]).starts_with("--list-test")) {
    execvp(words[0], words);
    std::perror(words[0]);
    return 127;
  }
  const auto began = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // ctest kills whom it has started, at a timeout
    execvp(words[0], words);
    std::perror(words[0]);
    _exit(127);
  }
  int status = 0;
  rusage used{};
  if (child < 0 || wait4(child, &status, 0, &used) != child) {
    std::perror("measured");
    return 127;
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
  char figures[64];
  std::snprintf(figures, sizeof figures, "%.2f\t%.2f\t",
                seconds(used.ru_utime) + seconds(used.ru_stime), wall.count());
  note(argv[1], figures + (name.empty() ? name_of(argc - 2, words) : name) + "\n");
  if (WIFSIGNALED(status)) {  // as ctest would have seen it
    const rlimit no_core{};
    setrlimit(RLIMIT_CORE, &no_core);
    std::signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
  }
  return WEXITSTATUS(status);
}
