// SPDX-License-Identifier: MIT
#include "base/url_text.hpp"

#include <crier/error.hpp>

#include "base/utf8.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <system_error>

namespace crier {
namespace {

void add_escape(std::string& to, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  to += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
}

}  // namespace

std::string decoded(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      bytes += static_cast<char>(byte);
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
      add_escape(url, c);
    }
  }
  return url;
}

std::string on_one_line(std::string_view text) {
  std::string line;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char before = i == 0 ? '\0' : text[i - 1];
    const char after = i + 1 == text.size() ? '\0' : text[i + 1];
    // Of a character that takes two bytes, U+0080 to U+009F, both.
    if (is_control(before, text[i]) || (text[i] == '\xC2' && is_control(text[i], after))) {
      add_escape(line, text[i]);
    } else {
      line += text[i];
    }
  }
  return line;
}

std::chrono::milliseconds duration_in_url(std::string_view text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  const std::int64_t scale = unit == "ms" ? 1 : unit == "s" ? 1000 : unit == "m" ? 60'000 : 0;
  if (error == std::errc::invalid_argument || scale == 0 || text.front() < '0' ||
      text.front() > '9') {
    throw Error("open",
                "the deadline '" + std::string(text) + "' is not a duration: write 200ms, 2s or 1m",
                Error::Kind::invalid_argument);
  }
  if (error == std::errc::result_out_of_range ||
      count > std::numeric_limits<std::int64_t>::max() / scale) {
    return std::chrono::milliseconds::max();
  }
  return std::chrono::milliseconds(count * scale);
}

}  // namespace crier
