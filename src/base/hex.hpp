// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Hexadecimal digits.
namespace crier {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";
inline constexpr std::string_view kUpperHexDigits = "0123456789ABCDEF";

// The value of a digit of either case; -1 if `c` is no digit.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
  return detail::kHexValues[static_cast<unsigned char>(c)];
}

// Appends the two digits of a byte.
inline void append_hex(std::string& out, unsigned char byte, std::string_view digits = kHexDigits) {
  out += digits[byte >> 4U];
  out += digits[byte & 15U];
}

// Two digits for each byte.
[[nodiscard]] inline std::string hex_of(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    append_hex(text, static_cast<unsigned char>(c));
  }
  return text;
}

// A number in as few digits as it takes.
[[nodiscard]] inline std::string hex_of(std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

}  // namespace crier
