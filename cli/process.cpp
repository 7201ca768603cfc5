// SPDX-License-Identifier: MIT
#include "process.hpp"

#include <crier/error.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace crier::cli {

namespace {

[[noreturn]] void fail(const std::string& what, int error) {
  throw Error("exec", what + ": " + std::generic_category().message(error));
}

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// A file in place of a pipe: a command that does not read its input can't block or kill us.
File file_with(std::string_view text) {
  File file(std::tmpfile());
  if (file == nullptr || ::fcntl(::fileno(file.get()), F_SETFD, FD_CLOEXEC) != 0 ||
      std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fflush(file.get()) != 0 || ::lseek(::fileno(file.get()), 0, SEEK_SET) != 0) {
    fail("can't write the command's input to a temporary file", errno);
  }
  return file;
}

class SpawnSettings {
 public:
  explicit SpawnSettings(int input) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, STDERR_FILENO, STDOUT_FILENO);
    // What this process ignores or blocks is its own affair.
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGQUIT, SIGHUP}) {
      sigaddset(&signals, signal);
    }
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnSettings() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

void run_command(const std::string& command, std::string_view input) {
  const File file = file_with(input);
  const SpawnSettings settings(::fileno(file.get()));
  std::string shell = "sh", flag = "-c", text = command;
  const std::array<char*, 4> arguments{shell.data(), flag.data(), text.data(), nullptr};
  pid_t child = 0;
  if (const int error = ::posix_spawn(&child, "/bin/sh", settings.actions(), settings.attributes(),
                                      arguments.data(), environ);
      error != 0) {
    fail("can't start /bin/sh", error);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      fail("can't wait for the command", errno);
    }
  }
  if (WIFSIGNALED(status)) {
    throw Error("exec", "the command was killed by signal " + std::to_string(WTERMSIG(status)) +
                            ": " + command);
  }
  if (WEXITSTATUS(status) != 0) {
    throw Error("exec", "the command exited with status " + std::to_string(WEXITSTATUS(status)) +
                            ": " + command);
  }
}

}  // namespace crier::cli
