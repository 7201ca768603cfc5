// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
namespace crier {

struct Character {
  char32_t code = 0;
  std::size_t size = 1;  // in bytes
};

// Whether `byte` is one of those that follow the first byte of a character.
[[nodiscard]] constexpr bool continues_character(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// The character at the front of `text`; nullopt if that is not UTF-8. REQUIRES: not empty.
[[nodiscard]] constexpr std::optional<Character> first_character(std::string_view text) noexcept {
  const auto byte_at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte_at(0);
  if (lead < 0x80) {
    return Character{lead, 1};
  }
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) {
    return std::nullopt;
  }
  char32_t code = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (!continues_character(text[i])) {
      return std::nullopt;
    }
    code = code << 6U | (byte_at(i) & 0x3FU);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return overlong || surrogate || code > 0x10FFFF ? std::nullopt
                                                  : std::optional(Character{code, size});
}

[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    std::size_t size = 1;
    if (static_cast<unsigned char>(text.front()) >= 0x80) {
      const std::optional<Character> character = first_character(text);
      if (!character) {
        return false;
      }
      size = character->size;
    }
    text.remove_prefix(size);
  }
  return true;
}

// At most `most` bytes from the front of `text`. No character is cut in the middle. If that end is
// not UTF-8, it is cut there all the same.
[[nodiscard]] inline std::string cut_utf8(std::string text, std::size_t most) {
  if (text.size() > most) {
    std::size_t end = most;
    while (end > 0 && most - end < 3 && continues_character(text[end])) {
      --end;
    }
    text.resize(continues_character(text[end]) ? most : end);
  }
  return text;
}

// What is kept of what an application or a database says.
inline constexpr std::size_t kMaxTextBytes = 8 * 1024;

// `text` as every database takes it: U+FFFD stands for NUL and for each byte that is not UTF-8. At
// most `most` bytes; no character is cut in the middle.
[[nodiscard]] inline std::string valid_text(std::string_view text, std::size_t most) {
  std::string valid;
  while (!text.empty()) {
    const auto character = text.front() == '\0' ? std::nullopt : first_character(text);
    const std::size_t size = character ? character->size : 1;
    const std::string_view next = character ? text.substr(0, size) : "\xEF\xBF\xBD";
    if (valid.size() + next.size() > most) {
      break;
    }
    valid += next;
    text.remove_prefix(size);
  }
  return valid;
}

// Whether `byte`, which comes after `before`, ends a control character: U+0000 to U+001F, U+007F,
// or U+0080 to U+009F.
[[nodiscard]] constexpr bool is_control(char before, char byte) noexcept {
  const auto value = static_cast<unsigned char>(byte);
  return value < 0x20 || value == 0x7F || (before == '\xC2' && value >= 0x80 && value < 0xA0);
}

}  // namespace crier
