// SPDX-License-Identifier: MIT
#pragma once

#include "cli/tool.hpp"
#include "shells/drawn_screen.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <termios.h>

namespace crier::test {

/// A terminal with one program in it, which is killed with it. The tool is the first on its PATH.
class PseudoTerminal {
 public:
  /// `variables` are set besides, as NAME=VALUE.
  PseudoTerminal(const Args& command, const std::string& store, const Args& variables = {},
                 std::size_t rows = 24, std::size_t columns = 80);
  ~PseudoTerminal();
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;

  void type(std::string_view keys) const;
  /// The program in the foreground is told.
  void resize(std::size_t rows, std::size_t columns);
  void signal(int number) const;
  /// Takes it away from the program, as when a window is closed.
  void hang_up();

  /// Waits until the screen holds `text` (no longer).
  [[nodiscard]] bool shows(std::string_view text);
  [[nodiscard]] bool drops(std::string_view text);
  /// What it shows now, row by row.
  [[nodiscard]] std::string text();
  [[nodiscard]] const DrawnScreen& screen();
  /// The exit code, or 128 + the signal's number.
  [[nodiscard]] int wait();
  /// Whether all is as it was before the program started: modes, the main screen, the cursor.
  [[nodiscard]] bool is_as_before();

 private:
  void read();
  [[nodiscard]] bool reap();

  DrawnScreen screen_;
  int master_ = -1, slave_ = -1;  // the latter so that it lives on
  termios before_{};
  pid_t pid_ = -1;
  std::optional<int> status_;
};

}  // namespace crier::test
