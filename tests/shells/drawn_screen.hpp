// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {

/// What a terminal shows of what is written to it: as much of xterm's language as crier speaks.
class DrawnScreen {
 public:
  DrawnScreen(std::size_t rows, std::size_t columns);

  void write(std::string_view bytes);
  void resize(std::size_t rows, std::size_t columns);

  /// A line for each row, without blanks at its end.
  [[nodiscard]] std::vector<std::string> lines() const;
  [[nodiscard]] bool is_alternate() const { return is_alternate_; }
  [[nodiscard]] bool has_cursor() const { return has_cursor_; }
  [[nodiscard]] bool wraps() const { return wraps_; }
  /// How many characters were written beyond the edge, and lines below the last.
  [[nodiscard]] std::size_t overflows() const { return overflows_; }
  /// How often a colour was set.
  [[nodiscard]] std::size_t colours() const { return colours_; }
  /// Sequences that it does not know.
  [[nodiscard]] const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  using Grid = std::vector<std::vector<std::string>>;  // of characters

  [[nodiscard]] Grid& grid() { return is_alternate_ ? alternate_ : main_; }
  void obey(std::string_view sequence);
  void set_mode(std::string_view mode, bool on);
  void put(std::string_view character);
  void wipe(std::size_t row, std::size_t from);

  std::size_t rows_, columns_;
  Grid main_, alternate_;
  std::size_t row_ = 0, column_ = 0;
  bool is_alternate_ = false, has_cursor_ = true, wraps_ = true;
  std::size_t overflows_ = 0, colours_ = 0;
  std::vector<std::string> unknown_;
  std::string pending_;  // the beginning of a sequence or a character
};

}  // namespace crier::test
