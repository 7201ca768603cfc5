// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crier {

// At most `most` bytes from the front of UTF-8, not cut in the middle of a character.
[[nodiscard]] inline std::string cut_utf8(std::string text, std::size_t most) {
  if (text.size() > most) {
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) {
      --most;
    }
    text.resize(most);
  }
  return text;
}

// Whether all of `text` is UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing
// beyond U+10FFFF.
[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
  std::size_t left = 0;      // continuation bytes that must follow
  unsigned char low = 0x80;  // the bounds of the next one
  unsigned char high = 0xBF;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (left != 0) {
      if (byte < low || byte > high) {
        return false;
      }
      --left;
      low = 0x80;
      high = 0xBF;
    } else if (byte >= 0xC2 && byte <= 0xF4) {
      left = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
      low = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
      high = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    } else if (byte >= 0x80) {
      return false;
    }
  }
  return left == 0;
}

// Whether `byte`, which comes after `before`, ends a control character: U+0000 to U+001F, U+007F,
// and U+0080 to U+009F.
[[nodiscard]] inline bool is_control(char before, char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value < 0x20 || value == 0x7F || (before == '\xC2' && value >= 0x80 && value < 0xA0);
}

}  // namespace crier
