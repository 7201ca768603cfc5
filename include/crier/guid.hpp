// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace crier {

/// A 128-bit identifier. A value: copy and compare freely, safe to share between threads.
/// Text is lower-case with hyphens ("D" form); the default value is empty (all zero).
class Guid {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  constexpr Guid() = default;
  explicit constexpr Guid(const Bytes& bytes) : bytes_(bytes) {}

  /// Reads the D (hyphens), N (32 digits), B ({D}) and P ((D)) forms in any case. Nothing where
  /// the text is none of these.
  [[nodiscard]] static constexpr std::optional<Guid> parse(std::string_view text) noexcept;

  /// A new random (version 4) value. Throws std::runtime_error where the system has no randomness.
  [[nodiscard]] static Guid random();

  [[nodiscard]] constexpr bool empty() const noexcept { return *this == Guid(); }
  /// The bytes in the order in which the text shows them.
  [[nodiscard]] constexpr const Bytes& bytes() const noexcept { return bytes_; }
  /// Lower-case "D" form, 36 characters.
  [[nodiscard]] std::string to_string() const;

  friend constexpr auto operator<=>(const Guid&, const Guid&) = default;

 private:
  Bytes bytes_{};
};

constexpr std::optional<Guid> Guid::parse(std::string_view text) noexcept {
  constexpr std::size_t kDigits = 32, kHyphenated = 36;
  const auto wrapped = [&](char open, char close) {
    return text.size() == kHyphenated + 2 && text.front() == open && text.back() == close;
  };
  if (wrapped('{', '}') || wrapped('(', ')')) {
    text = text.substr(1, kHyphenated);
  }
  const bool hyphens = text.size() == kHyphenated;
  if (!hyphens && text.size() != kDigits) {
    return std::nullopt;
  }
  Bytes bytes{};
  std::size_t digit = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (hyphens && (i == 8 || i == 13 || i == 18 || i == 23)) {
      if (c != '-') {
        return std::nullopt;
      }
      continue;
    }
    int value = 0;
    if (c >= '0' && c <= '9') {
      value = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      value = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      value = c - 'A' + 10;
    } else {
      return std::nullopt;
    }
    std::uint8_t& byte = bytes[digit / 2];
    byte = static_cast<std::uint8_t>(byte * 16 + value);
    ++digit;
  }
  return Guid(bytes);
}

inline namespace literals {

/// `"7c9e6679-7425-40de-944b-e07fc1f90ae7"_guid`: checked when it is compiled.
consteval Guid operator""_guid(const char* text, std::size_t size) {
  return Guid::parse({text, size}).value();
}

}  // namespace literals
}  // namespace crier

template <>
struct std::hash<crier::Guid> {
  std::size_t operator()(const crier::Guid& guid) const noexcept {
    std::size_t result = 0;
    for (const std::uint8_t byte : guid.bytes()) {
      result = result * 131 + byte;
    }
    return result;
  }
};
