// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <termios.h>
#include <vector>

namespace crier::cli {

// All of the terminal, to be drawn on: its alternate screen, without a cursor, and keys come at
// once and unseen. leave(), or the end, makes it what it was before. One at a time, on one thread.
class Screen {
 public:
  struct Size {
    std::size_t rows = 24;
    std::size_t columns = 80;
  };

  // `out` leads to standard output. REQUIRES: that and standard input are one terminal.
  explicit Screen(std::ostream& out) : out_(out) {}
  ~Screen() { leave(); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // Takes the terminal over, also again: while the process was stopped somebody may have changed
  // it. REQUIRES: has_terminal().
  void enter();
  void leave() noexcept;
  // Whether no other program has the terminal now, as a shell has while this one is stopped.
  [[nodiscard]] static bool has_terminal() noexcept;
  [[nodiscard]] Size size() const noexcept;
  // In place of what is there. REQUIRES: a line for each row, none wider than the screen. False if
  // the terminal is gone.
  bool draw(const std::vector<std::string>& lines);
  // The keys that were pressed, one character each; others than letters and the like are left out.
  // False if the terminal is gone.
  [[nodiscard]] static bool read_keys(std::string& keys);

 private:
  std::ostream& out_;
  termios before_{};
  bool entered_ = false;
};

// Without the sequences that arrows and other keys send. For Screen::read_keys().
[[nodiscard]] std::string plain_keys(std::string_view typed);

}  // namespace crier::cli
