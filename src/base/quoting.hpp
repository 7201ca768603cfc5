// SPDX-License-Identifier: MIT
#pragma once

#include "base/ascii.hpp"
#include "base/hex.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

// Text between quotes: for a shell, for SQL, and in messages.
namespace crier {

// What a person types in a POSIX shell for `word`.
[[nodiscard]] inline std::string shell_word(std::string_view word) {
  const auto plain = [](char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) ||
           std::string_view("_-./:%=+,@").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::ranges::all_of(word, plain)) {
    return std::string(word);
  }
  std::string quoted = "'";
  for (const char c : word) {
    quoted += c == '\'' ? std::string_view("'\\''") : std::string_view(&c, 1);
  }
  return quoted + '\'';
}

// A command line of words that shell_word() gave, made anew: whatever somebody has put in its
// place, a shell finds the words of one command in it, and no other command.
[[nodiscard]] inline std::string shell_line(std::string_view line) {
  std::string safe;
  std::string word;
  bool in_word = false;
  bool quoted = false;
  const auto end_word = [&] {
    if (in_word) {
      safe.append(safe.empty() ? "" : " ").append(shell_word(word));
    }
    word.clear();
    in_word = false;
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == ' ' && !quoted) {
      end_word();
      continue;
    }
    in_word = true;
    if (c == '\'') {
      quoted = !quoted;
    } else {
      word += c == '\\' && !quoted && i + 1 < line.size() ? line[++i] : c;
    }
  }
  end_word();
  return safe;
}

// `text` between `quote`s; those in it are doubled, as SQL wants it.
[[nodiscard]] inline std::string quoted_by_doubling(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    quoted.append(c == quote ? 2 : 1, c);
  }
  return quoted + quote;
}

// The name of a table, a column or the like, as it stands in SQL.
[[nodiscard]] inline std::string sql_name(std::string_view name) {
  return quoted_by_doubling(name, '"');
}

// A text as it stands in SQL. REQUIRES: no NUL.
[[nodiscard]] inline std::string sql_literal(std::string_view text) {
  return quoted_by_doubling(text, '\'');
}

// The start of `text` in quotes, in printable ASCII, for messages: rows are huge and hold anything.
[[nodiscard]] inline std::string quoted_start(std::string_view text) {
  constexpr std::size_t kMost = 40;  // bytes
  std::string out = "\"";
  for (const char c : text.substr(0, kMost)) {
    if (c >= 0x20 && c < 0x7f) {
      out += c;
    } else {
      out += "\\x";
      append_hex(out, static_cast<unsigned char>(c));
    }
  }
  return out + (text.size() > kMost ? "...\"" : "\"");
}

}  // namespace crier
