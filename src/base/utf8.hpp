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

// Whether it is UTF-8: without overlong forms, halves of surrogate pairs, or what is beyond
// U+10FFFF.
[[nodiscard]] inline bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto at = [&](std::size_t offset) -> unsigned {
      return i + offset < text.size() ? static_cast<unsigned char>(text[i + offset]) : 0U;
    };
    const unsigned lead = at(0);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    // The least and the largest second byte, by which all that is not allowed is told.
    const unsigned least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (length > 1 && (lead < 0xC2 || lead > 0xF4 || at(1) < least || at(1) > most)) {
      return false;
    }
    for (std::size_t offset = 2; offset < length; ++offset) {
      if ((at(offset) & 0xC0U) != 0x80U) {
        return false;
      }
    }
    i += length;
  }
  return true;
}

// Whether `byte`, which comes after `before`, ends a control character: U+0000 to U+001F, U+007F,
// and U+0080 to U+009F.
[[nodiscard]] inline bool is_control(char before, char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value < 0x20 || value == 0x7F || (before == '\xC2' && value >= 0x80 && value < 0xA0);
}

}  // namespace crier
