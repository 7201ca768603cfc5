// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

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

// Whether `byte`, which comes after `before`, ends a control character: U+0000 to U+001F, U+007F,
// and U+0080 to U+009F.
[[nodiscard]] inline bool is_control(char before, char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value < 0x20 || value == 0x7F || (before == '\xC2' && value >= 0x80 && value < 0xA0);
}

}  // namespace crier
