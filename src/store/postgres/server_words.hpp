// SPDX-License-Identifier: MIT
#pragma once

#include "base/ascii.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

// What libpq and servers say. It may be of any size, and hold anything: it is read from front to
// back, once, and no more than its beginning is told.
namespace crier::postgres {

// Its beginning, on one line.
[[nodiscard]] inline std::string with_single_spaces(std::string_view message) {
  constexpr std::size_t kMost = 2000;  // bytes
  std::string line;
  for (const char c : message) {
    const bool space = c == '\n' || c == '\t' || c == ' ';
    if (!space || (!line.empty() && !line.ends_with(' '))) {
      line += space ? ' ' : c;
    }
    if (line.size() > kMost) {
      return cut_utf8(std::move(line), kMost) + "...";
    }
  }
  line.resize(line.find_last_not_of(' ') + 1);
  return line;
}

// Why no connection came about, once for each host that was tried.
struct Refusal {
  std::string message;  // on one line
  std::string codes;    // the SQLSTATEs, with spaces between
};

// Takes libpq's verbose message apart: "FATAL:  57P03: the database ...". Its words are in the
// server's language, so what it means is in the SQLSTATEs.
[[nodiscard]] inline Refusal parse_refusal(std::string_view verbose) {
  constexpr std::string_view kPlaceInItsSource = "LOCATION: ";
  constexpr std::size_t kCode = 5, kMostCodes = 32;
  const auto is_code = [](std::string_view text) {
    return text.size() == kCode && std::ranges::any_of(text, is_ascii_digit) &&
           std::ranges::all_of(text,
                               [](char c) { return is_ascii_digit(c) || (c >= 'A' && c <= 'Z'); });
  };
  Refusal refusal;
  std::string message;
  while (!verbose.empty()) {
    std::string_view line = verbose.substr(0, verbose.find('\n'));
    verbose.remove_prefix(std::min(line.size() + 1, verbose.size()));
    if (line.starts_with(kPlaceInItsSource)) {
      continue;
    }
    for (std::size_t colon = 0; (colon = line.find(": ")) != std::string_view::npos;) {
      const std::size_t at = std::min(line.find_first_not_of(' ', colon + 1), line.size());
      message += line.substr(0, colon + 2);
      line.remove_prefix(at);
      if (is_code(line.substr(0, kCode)) && line.substr(kCode).starts_with(": ")) {
        if (refusal.codes.size() < kMostCodes * (kCode + 1)) {
          refusal.codes += (refusal.codes.empty() ? "" : " ") + std::string(line.substr(0, kCode));
        }
        line.remove_prefix(kCode + 2);
      }
    }
    message.append(line).append("\n");
  }
  refusal.message = with_single_spaces(message);
  return refusal;
}

}  // namespace crier::postgres
