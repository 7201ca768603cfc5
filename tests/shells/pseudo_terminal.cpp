// SPDX-License-Identifier: MIT
#include "shells/pseudo_terminal.hpp"

#include "support/eventually.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>
#include <vector>

namespace crier::test {

namespace {

winsize size_of(std::size_t rows, std::size_t columns) {
  winsize size{};
  size.ws_row = static_cast<unsigned short>(rows);
  size.ws_col = static_cast<unsigned short>(columns);
  return size;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

PseudoTerminal::PseudoTerminal(const Args& command, const std::string& store, const Args& variables,
                               std::size_t rows, std::size_t columns)
    : screen_(rows, columns) {
  const winsize size = size_of(rows, columns);
  REQUIRE(openpty(&master_, &slave_, nullptr, nullptr, &size) == 0);
  for (const int file : {master_, slave_}) {
    fcntl(file, F_SETFD, FD_CLOEXEC);
  }
  fcntl(master_, F_SETFL, O_NONBLOCK);
  REQUIRE(tcgetattr(slave_, &before_) == 0);
  const std::filesystem::path tool = built_program("cli/crier");
  const char* const path = std::getenv("PATH");
  std::vector<std::string> words{
      "/usr/bin/env",
      "-u",
      "NO_COLOR",
      "TERM=xterm-256color",
      "CRIER_STORE=" + store,
      "TZ=UTC",
      "PATH=" + tool.parent_path().string() + ":" + (path == nullptr ? "/usr/bin:/bin" : path)};
  words.insert(words.end(), variables.begin(), variables.end());
  words.insert(words.end(), command.begin(), command.end());
  const std::vector<char*> arguments = pointers_to(words);
  pid_ = fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    // Whatever the test ignores or blocks, the program does not.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGPIPE}) {
      ::signal(number, SIG_DFL);
    }
    if (login_tty(slave_) == 0) {
      execv(arguments[0], arguments.data());
    }
    _exit(127);
  }
}

PseudoTerminal::~PseudoTerminal() {
  if (!reap()) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  hang_up();
}

void PseudoTerminal::type(std::string_view keys) const {
  REQUIRE(write(master_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
}

void PseudoTerminal::resize(std::size_t rows, std::size_t columns) {
  read();
  screen_.resize(rows, columns);
  const winsize size = size_of(rows, columns);
  REQUIRE(ioctl(master_, TIOCSWINSZ, &size) == 0);
}

void PseudoTerminal::signal(int number) const { REQUIRE(kill(pid_, number) == 0); }

void PseudoTerminal::hang_up() {
  for (int* const file : {&slave_, &master_}) {
    if (*file >= 0) {
      close(*file);
      *file = -1;
    }
  }
}

void PseudoTerminal::read() {
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(master_, buffer.data(), buffer.size())) > 0;) {
    screen_.write({buffer.data(), static_cast<std::size_t>(got)});
  }
}

std::string PseudoTerminal::text() {
  read();
  std::string text;
  for (const std::string& line : screen_.lines()) {
    text += line + "\n";
  }
  return text;
}

const DrawnScreen& PseudoTerminal::screen() {
  read();
  return screen_;
}

bool PseudoTerminal::shows(std::string_view part) {
  return eventually([&] { return text().find(part) != std::string::npos; });
}

bool PseudoTerminal::drops(std::string_view part) {
  return eventually([&] { return text().find(part) == std::string::npos; });
}

bool PseudoTerminal::reap() {
  int status = 0;
  if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_) {
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  return status_.has_value();
}

int PseudoTerminal::wait() {
  const bool ended = eventually([this] {
    if (master_ >= 0) {
      read();  // who writes to a full terminal does not end
    }
    return reap();
  });
  REQUIRE(ended);
  if (master_ >= 0) {
    read();
  }
  return *status_;
}

bool PseudoTerminal::is_as_before() {
  read();
  termios now{};
  return tcgetattr(slave_, &now) == 0 && now.c_iflag == before_.c_iflag &&
         now.c_oflag == before_.c_oflag && now.c_cflag == before_.c_cflag &&
         now.c_lflag == before_.c_lflag &&
         std::memcmp(now.c_cc, before_.c_cc, sizeof now.c_cc) == 0 && !screen_.is_alternate() &&
         screen_.has_cursor() && screen_.wraps();
}

}  // namespace crier::test
