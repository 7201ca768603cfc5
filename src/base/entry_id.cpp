// SPDX-License-Identifier: MIT
#include <crier/entry.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace crier {

namespace {

constexpr std::size_t kCheckDigits = 6;
constexpr int kHex = 16;

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string EntryId::to_string() const {
  std::string text = std::to_string(value);
  if (check != 0) {
    std::string digits(kCheckDigits, '0');
    std::uint32_t rest = check;
    for (auto at = digits.rbegin(); at != digits.rend(); ++at, rest /= kHex) {
      *at = "0123456789abcdef"[rest % kHex];
    }
    text += '-' + digits;
  }
  return text;
}

std::optional<EntryId> EntryId::parse(std::string_view text) noexcept {
  EntryId id;
  const std::size_t dash = text.find('-');
  const std::string_view number = text.substr(0, dash);
  const char* const end = number.data() + number.size();
  const auto [rest, error] = std::from_chars(number.data(), end, id.value);
  // Only one text stands for an id: "007" was written by somebody else.
  const bool padded = number.size() > 1 && number.front() == '0';
  if (error != std::errc() || rest != end || padded) {
    return std::nullopt;
  }
  if (dash != std::string_view::npos) {
    const std::string_view digits = text.substr(dash + 1);
    if (digits.size() != kCheckDigits || !std::ranges::all_of(digits, is_hex)) {
      return std::nullopt;
    }
    std::from_chars(digits.data(), digits.data() + digits.size(), id.check, kHex);
    if (id.check == 0) {
      return std::nullopt;
    }
  }
  return id;
}

}  // namespace crier
