// SPDX-License-Identifier: MIT
#pragma once

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

// Passwords in text that is about to be shown. What is found may be more than that: it is the safe
// side.
namespace crier {

// Where in `text` the value after the first "password=" or the like from `from` on begins; npos if
// there is none.
[[nodiscard]] inline std::size_t secret_value(std::string_view text, std::size_t from = 0) {
  constexpr std::array<std::string_view, 7> kKeys = {"password", "passwd",    "pwd",       "secret",
                                                     "token",    "accesskey", "accountkey"};
  for (std::size_t at = text.find('=', from); at != std::string_view::npos;
       at = text.find('=', at + 1)) {
    const std::string_view before = text.substr(0, text.substr(0, at).find_last_not_of(' ') + 1);
    if (std::ranges::any_of(kKeys, [&](std::string_view key) {
          return before.size() >= key.size() &&
                 same_ignoring_case(before.substr(before.size() - key.size()), key);
        })) {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

// Whether `word`, as it was given to a program, may be a URL or a connection string of any system.
[[nodiscard]] inline bool may_hold_secret(std::string_view word) {
  const std::size_t colon = word.find(':');
  return word.find("://") != std::string_view::npos ||
         (colon != std::string_view::npos && word.find('@', colon) != std::string_view::npos) ||
         (word.find(';') != std::string_view::npos && word.find('=') != std::string_view::npos) ||
         secret_value(word) != std::string_view::npos;
}

// `text` with *** in place of passwords: in URLs (user:password@host, with a scheme or without;
// redis://password@host), and after "password=" and the like, up to the end of a value.
[[nodiscard]] inline std::string without_secrets(std::string text) {
  constexpr std::string_view kHidden = "***";
  constexpr auto kNone = std::string::npos;
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
    end = std::min(text.find_first_of(" \t\n", begin), text.size());
    const std::string_view word = std::string_view(text).substr(begin, end - begin);
    const std::size_t slashes = word.find("://");
    const std::size_t user = slashes == kNone ? 0 : slashes + 3;
    const std::size_t at = word.find('@', user), colon = word.find(':', user);
    const bool is_redis = word.substr(0, user).find("redis") != kNone;
    if (at != kNone && (colon < at || is_redis)) {
      const std::size_t secret = colon < at ? colon + 1 : user;
      text.replace(begin + secret, word.rfind('@') - secret, kHidden);
      end = std::min(text.find_first_of(" \t\n", begin), text.size());
    }
  }
  for (std::size_t from = 0; (from = secret_value(text, from)) != kNone;) {
    const std::size_t end = std::min(text.find_first_of(";&\"", from), text.size());
    text.replace(from, end - from, kHidden);
  }
  return text;
}

}  // namespace crier
