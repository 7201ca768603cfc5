// SPDX-License-Identifier: MIT
#include "base/url_text.hpp"

#include <crier/error.hpp>

#include "base/ascii.hpp"
#include "base/duration.hpp"
#include "base/hex.hpp"
#include "base/one_line.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace crier {
namespace {

void add_escape(std::string& to, unsigned char byte) {
  to += '%';
  append_hex(to, byte, kUpperHexDigits);
}

}  // namespace

std::string decoded(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool room = text[i] == '%' && i + 2 < text.size();
    const int high = room ? hex_value(text[i + 1]) : -1;
    const int low = room ? hex_value(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      bytes += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      bytes += text[i];
    }
  }
  return bytes;
}

std::string escaped(std::string_view text, std::string_view special) {
  std::string url;
  for (const char c : text) {
    if (special.find(c) == std::string_view::npos) {
      url += c;
    } else {
      add_escape(url, static_cast<unsigned char>(c));
    }
  }
  return url;
}

std::string on_one_line(std::string_view text) { return with_controls_escaped(text, add_escape); }

std::string shown_value(std::string_view text) {
  constexpr std::size_t kMost = 24;
  const bool is_plain = text.size() <= kMost && std::ranges::all_of(text, [](char c) {
                          return is_ascii_letter(c) || is_ascii_digit(c) ||
                                 std::string_view(" .+-_").find(c) != std::string_view::npos;
                        });
  return is_plain ? " '" + std::string(text) + "'" : "";
}

std::chrono::milliseconds duration_in_url(std::string_view text) {
  const std::optional<std::chrono::milliseconds> duration = parse_duration(text);
  if (!duration) {
    throw Error("open",
                "the deadline" + shown_value(text) + " is not a duration: write 200ms, 2s or 1m",
                Error::Kind::invalid_argument);
  }
  return *duration;
}

}  // namespace crier
