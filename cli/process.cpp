// SPDX-License-Identifier: MIT
#include "process.hpp"

#include <crier/error.hpp>

#include "base/file_error.hpp"
#include "interrupt.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace crier::cli {

namespace {

// Errors reach tables and logs that others read: they don't repeat the command's line.
constexpr std::string_view kCommand = "the command given to --exec";

[[noreturn]] void fail(const std::string& what, int error) {
  throw Error("exec", what + ": " + system_error_text(error));
}

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&&) = delete;

  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

// A file in place of a pipe: a command that does not read its input can't block or kill us. It
// stands in memory: no folder need be writable, and nobody else finds it.
File file_with(std::string_view text) {
  File file(::memfd_create("crier-exec", MFD_CLOEXEC));
  bool well = file.fd() >= 0;
  while (well && !text.empty()) {
    const ssize_t count = ::write(file.fd(), text.data(), text.size());
    well = count >= 0;
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  if (!well || ::lseek(file.fd(), 0, SEEK_SET) != 0) {
    fail("can't keep the input of " + std::string(kCommand), errno);
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
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGQUIT, SIGHUP, SIGXFSZ}) {
      sigaddset(&signals, signal);
    }
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    // A group of its own can be ended as a whole, and a Ctrl-C is for us alone.
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
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

// A child that has not been waited for, so that nobody else bears its number.
class Child {
 public:
  explicit Child(pid_t pid)
      : pid_(pid), file_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  ~Child() {
    if (file_ >= 0) {
      ::close(file_);
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // False where it is an old kernel, which can't tell when a child ends but to those who wait.
  [[nodiscard]] bool can_be_watched() const { return file_ >= 0; }
  // True as soon as the child has ended; false after an interrupt, where one is given, or
  // `timeout`.
  [[nodiscard]] bool ends(const Interrupt* interrupt, std::chrono::milliseconds timeout) const {
    std::array<pollfd, 2> files{pollfd{file_, POLLIN, 0},
                                pollfd{interrupt == nullptr ? -1 : interrupt->file(), POLLIN, 0}};
    while (::poll(files.data(), files.size(), static_cast<int>(timeout.count())) < 0 &&
           errno == EINTR) {
    }
    return files[0].revents != 0;
  }
  void signal_group(int signal) const { ::kill(-pid_, signal); }

 private:
  const pid_t pid_;
  const int file_;
};

void wait_until_it_ends(const Child& child, const Interrupt& interrupt, const Grace& grace) {
  constexpr std::chrono::milliseconds kForEver{-1};
  if (!child.can_be_watched() || child.ends(&interrupt, kForEver) ||
      child.ends(nullptr, grace.before_terminate)) {
    return;
  }
  child.signal_group(SIGTERM);
  if (!child.ends(nullptr, grace.before_kill)) {
    child.signal_group(SIGKILL);
  }
}

}  // namespace

void run_command(const std::string& command, std::string_view input, const Interrupt& interrupt,
                 const Grace& grace) {
  const File file = file_with(input);
  const SpawnSettings settings(file.fd());
  std::string shell = "sh", flag = "-c", text = command;
  const std::array<char*, 4> arguments{shell.data(), flag.data(), text.data(), nullptr};
  pid_t child = 0;
  if (const int error = ::posix_spawn(&child, "/bin/sh", settings.actions(), settings.attributes(),
                                      arguments.data(), environ);
      error != 0) {
    fail("can't start /bin/sh", error);
  }
  wait_until_it_ends(Child(child), interrupt, grace);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      fail("can't wait for " + std::string(kCommand), errno);
    }
  }
  if (WIFSIGNALED(status)) {
    throw Error("exec", std::string(kCommand) + " was killed by signal " +
                            std::to_string(WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) {
    throw Error("exec", std::string(kCommand) + " failed with exit status " +
                            std::to_string(WEXITSTATUS(status)));
  }
}

}  // namespace crier::cli
