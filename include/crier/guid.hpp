// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crier {

/// A 128-bit identifier. A value: copy and compare freely, safe to share between threads.
/// Text is lower-case with hyphens ("D" form); the default value is empty (all zero).
class CRIER_EXPORT Guid {
 public:
  /// The bytes in the order in which the text shows them.
  using Bytes = std::array<std::uint8_t, 16>;

  constexpr Guid() = default;
  /// Of these bytes.
  explicit constexpr Guid(const Bytes& bytes) : bytes_(bytes) {}

  /// Reads the D (hyphens), N (32 digits), B ({D}) and P ((D)) forms in any case. Nothing if
  /// the text is none of these.
  [[nodiscard]] static constexpr std::optional<Guid> parse(std::string_view text) noexcept;

  /// A new random (version 4) value. Throws std::runtime_error if the system has no randomness.
  [[nodiscard]] static Guid random();

  /// Whether all of it is zero.
  [[nodiscard]] constexpr bool empty() const noexcept { return *this == Guid(); }
  /// The bytes in the order in which the text shows them.
  [[nodiscard]] constexpr const Bytes& bytes() const noexcept { return bytes_; }
  /// Lower-case "D" form, 36 characters.
  [[nodiscard]] std::string to_string() const;

  /// Equal in all bytes.
  friend constexpr bool operator==(const Guid& a, const Guid& b) noexcept {
    return a.words() == b.words();
  }
  /// In the order of the text.
  friend constexpr auto operator<=>(const Guid&, const Guid&) = default;

 private:
  // Compared at once, whereas an array of bytes takes a call: each instruction asks whose it is.
  [[nodiscard]] constexpr std::array<std::uint64_t, 2> words() const noexcept {
    return std::bit_cast<std::array<std::uint64_t, 2>>(bytes_);
  }

  Bytes bytes_{};
};

namespace detail {

/// The value of each character as a hexadecimal digit, in either case; -1: it is none.
inline constexpr std::array<std::int8_t, 256> kHexValues = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (int i = 0; i < 16; ++i) {
    const char digit = "0123456789abcdef"[i];
    values[static_cast<unsigned char>(digit)] = static_cast<std::int8_t>(i);
    values[static_cast<unsigned char>(i < 10 ? digit : digit - 'a' + 'A')] =
        static_cast<std::int8_t>(i);
  }
  return values;
}();

}  // namespace detail

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
  int seen = 0;  // below 0 once a character was no digit
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (hyphens && (i == 4 || i == 6 || i == 8 || i == 10) && text[at++] != '-') {
      return std::nullopt;
    }
    const int high = detail::kHexValues[static_cast<unsigned char>(text[at])];
    const int low = detail::kHexValues[static_cast<unsigned char>(text[at + 1])];
    seen |= high | low;
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    at += 2;
  }
  return seen < 0 ? std::nullopt : std::optional(Guid(bytes));
}

inline namespace literals {

/// `"7c9e6679-7425-40de-944b-e07fc1f90ae7"_guid`: checked when it is compiled.
consteval Guid operator""_guid(const char* text, std::size_t size) {
  return Guid::parse({text, size}).value();
}

}  // namespace literals
}  // namespace crier

/// For unordered containers.
template <>
struct std::hash<crier::Guid> {
  /// Of all bytes.
  std::size_t operator()(const crier::Guid& guid) const noexcept {
    std::size_t result = 0;
    for (const std::uint8_t byte : guid.bytes()) {
      result = result * 131 + byte;
    }
    return result;
  }
};
