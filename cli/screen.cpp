// SPDX-License-Identifier: MIT
#include "screen.hpp"

#include <array>
#include <cerrno>
#include <exception>
#include <ostream>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace crier::cli {

namespace {

// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html: the alternate screen, which keeps what
// stands on the other one; no cursor; a line that is too wide ends at the edge.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[H\x1b[2J";
constexpr std::string_view kLeave = "\x1b[?7h\x1b[?25h\x1b[?1049l";
constexpr std::string_view kToHome = "\x1b[H";
// Before what is written there: behind a line that fills its row the cursor stands on its last
// character.
constexpr std::string_view kWipeLine = "\x1b[K";

}  // namespace

void Screen::enter() {
  if (!entered_) {
    tcgetattr(STDIN_FILENO, &before_);
  }
  termios raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // Ctrl-C and Ctrl-Z stay signals
  raw.c_iflag &= ~static_cast<tcflag_t>(IXON);           // Ctrl-S must not freeze it
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  entered_ = true;
  out_ << kEnter << std::flush;
}

void Screen::leave() noexcept {
  if (!entered_) {
    return;
  }
  entered_ = false;
  if (has_terminal()) {  // else its modes are another's, and to set them would stop the process
    tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    // What was typed and not read is not for the shell; what is typed once the screen is gone, is.
    tcflush(STDIN_FILENO, TCIFLUSH);
  }
  try {
    out_ << kLeave << std::flush;
  } catch (const std::exception&) {  // a stream may be told to throw
  }
}

bool Screen::has_terminal() noexcept { return ::tcgetpgrp(STDIN_FILENO) == ::getpgrp(); }

Screen::Size Screen::size() const noexcept {
  winsize found{};
  Size size;
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &found) == 0 && found.ws_row > 0 && found.ws_col > 0) {
    size = {found.ws_row, found.ws_col};
  }
  return size;
}

// One write, so that no half of it is seen. No line break after the last: the screen would move.
bool Screen::draw(const std::vector<std::string>& lines) {
  std::string text(kToHome);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text.append(i == 0 ? "" : "\r\n").append(kWipeLine).append(lines[i]);
  }
  return static_cast<bool>(out_ << text << std::flush);
}

bool Screen::read_keys(std::string& keys) {
  std::array<char, 256> buffer{};
  const ssize_t read = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (read <= 0) {
    return read < 0 && (errno == EINTR || errno == EAGAIN);
  }
  keys = plain_keys({buffer.data(), static_cast<std::size_t>(read)});
  return true;
}

std::string plain_keys(std::string_view typed) {
  std::string keys;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const auto is_final = [](char c) { return c >= '@' && c <= '~'; };
    if (typed[i] != '\x1b') {
      keys += typed[i];
    } else if (i + 1 < typed.size() && (typed[i + 1] == '[' || typed[i + 1] == 'O')) {
      for (i += 2; i < typed.size() && !is_final(typed[i]); ++i) {
      }
    }
  }
  return keys;
}

}  // namespace crier::cli
