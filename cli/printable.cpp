// SPDX-License-Identifier: MIT
#include "printable.hpp"

#include "base/hex.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <optional>

namespace crier::cli {

namespace {

// Controls, line and paragraph separators, and the marks that turn the direction of writing.
bool acts_on_a_terminal(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x061C ||
         (code >= 0x200E && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

// `character` as it is shown; it stands at the front of `text`.
std::string visible(const Character& character, std::string_view text) {
  if (!acts_on_a_terminal(character.code)) {
    return std::string(text.substr(0, character.size));
  }
  if (character.code == '\n') {
    return "\\n";
  }
  if (character.code == '\t') {
    return "\\t";
  }
  std::string escape = "\\u";  // as JSON has it, so that it may stand in JSON, too
  append_hex(escape, static_cast<unsigned char>(character.code >> 8U));
  append_hex(escape, static_cast<unsigned char>(character.code));
  return escape;
}

// How many characters of plain ASCII stand at the front: most text is nothing else, and long.
std::size_t plain_bytes(std::string_view text) {
  const auto special = [](char c) { return c < 0x20 || c > 0x7E; };
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(), special) - text.begin());
}

}  // namespace

std::string printable(std::string_view text, std::size_t max_bytes) {
  const std::size_t size = text.size();
  std::string result;
  while (!text.empty()) {
    const std::size_t room = max_bytes - result.size();
    std::size_t bytes = std::min(plain_bytes(text), room);
    std::string shown(text.substr(0, bytes));
    if (bytes == 0) {
      const std::optional<Character> character = first_character(text);
      bytes = character ? character->size : 1;
      shown = character ? visible(*character, text) : "\\x" + hex_of(text.substr(0, 1));
    }
    if (shown.size() > room) {
      return result + "... (" + std::to_string(size) + " bytes)";
    }
    result += shown;
    text.remove_prefix(bytes);
  }
  return result;
}

std::string in_quotes(std::string_view text, std::size_t max_bytes) {
  return '"' + printable(text, max_bytes) + '"';
}

}  // namespace crier::cli
