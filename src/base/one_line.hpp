// SPDX-License-Identifier: MIT
#pragma once

#include "base/hex.hpp"
#include "base/utf8.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// Text that others wrote, for a line of a log or a terminal.
namespace crier {

[[nodiscard]] constexpr bool holds_control(std::string_view text) noexcept {
  char before = '\0';
  for (const char c : text) {
    if (is_control(before, c)) {
      return true;
    }
    before = c;
  }
  return false;
}

// `text` without control characters: in place of each of their bytes stands what
// `escape(line, byte)` appends.
template <class Escape>
[[nodiscard]] std::string with_controls_escaped(std::string_view text, Escape escape) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char before = i == 0 ? '\0' : text[i - 1];
    const char after = i + 1 == text.size() ? '\0' : text[i + 1];
    // U+0080 to U+009F take two bytes.
    const bool begins_control =
        text[i] == '\xC2' && continues_character(after) && is_control(text[i], after);
    if (begins_control || is_control(before, text[i])) {
      escape(line, static_cast<unsigned char>(text[i]));
    } else {
      line += text[i];
    }
  }
  return line;
}

// `text` on one line, with \x0a and the like in place of control characters.
[[nodiscard]] inline std::string one_line(std::string_view text) {
  return with_controls_escaped(text, [](std::string& line, unsigned char byte) {
    line += "\\x";
    append_hex(line, byte);
  });
}

}  // namespace crier
