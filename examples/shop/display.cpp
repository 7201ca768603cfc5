// SPDX-License-Identifier: MIT
#include "display.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace shop {
namespace {

// The alternate screen, which keeps what stands on the other one; no cursor; no line wraps.
constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[H\x1b[2J";
constexpr std::string_view kLeave = "\x1b[?7h\x1b[?25h\x1b[?1049l";
constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kWipeLine = "\x1b[K";
constexpr std::string_view kWipeRest = "\x1b[J";

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_terminal() { return isatty(STDOUT_FILENO) == 1 && variable("TERM") != "dumb"; }

bool is_large_enough() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 80 && size.ws_row >= 24;
}

}  // namespace

Display::Display()
    : has_colours_(is_terminal() && variable("NO_COLOR").empty()),
      is_screen_(is_terminal() && is_large_enough()) {
  if (is_screen_) {
    std::signal(SIGTSTP, SIG_IGN);  // a shell would get a screen without a cursor
    std::cout << kEnter << std::flush;
  }
}

// One write, so that no half of it is seen.
void Display::draw(const std::vector<std::string>& lines) {
  if (!is_screen_) {
    return;
  }
  std::string text(kHome);
  for (const std::string& line : lines) {
    text.append(kWipeLine).append(line).append("\r\n");
  }
  std::cout << text.append(kWipeRest) << std::flush;
}

void Display::tell(const std::string& line) const {
  if (!is_screen_) {
    std::cout << line << '\n' << std::flush;
  }
}

void Display::leave() {
  if (is_screen_) {
    is_screen_ = false;
    std::cout << kLeave << std::flush;
    std::signal(SIGTSTP, SIG_DFL);
  }
}

}  // namespace shop
