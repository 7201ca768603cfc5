// SPDX-License-Identifier: MIT
#include "printable.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

namespace crier::cli {

namespace {

struct Character {
  char32_t code = 0;
  std::size_t size = 1;  // in bytes
};

unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

// The character at the front of `text`; nothing where that is not UTF-8. REQUIRES: not empty.
std::optional<Character> first_character(std::string_view text) {
  if (byte_at(text, 0) < 0x80) {
    return Character{byte_at(text, 0), 1};
  }
  struct Form {
    unsigned char mask, lead;
    char32_t smallest;  // what is less has a shorter form
  };
  constexpr std::array<Form, 3> kForms{
      {{0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}}};
  for (std::size_t i = 0; i < kForms.size(); ++i) {
    const Form& form = kForms[i];
    const std::size_t size = i + 2;
    if ((byte_at(text, 0) & form.mask) != form.lead) {
      continue;
    }
    if (text.size() < size) {
      return std::nullopt;
    }
    char32_t code = byte_at(text, 0) & static_cast<unsigned char>(~form.mask);
    for (std::size_t j = 1; j < size; ++j) {
      if ((byte_at(text, j) & 0xC0) != 0x80) {
        return std::nullopt;
      }
      code = (code << 6) | (byte_at(text, j) & 0x3Fu);
    }
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < form.smallest || code > 0x10FFFF || surrogate) {
      return std::nullopt;
    }
    return Character{code, size};
  }
  return std::nullopt;
}

// Controls, line and paragraph separators, and the marks that turn the direction of writing.
bool acts_on_a_terminal(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x061C ||
         (code >= 0x200E && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

std::string escaped(const char* format, unsigned value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
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
  return escaped("\\u%04x", character.code);  // as JSON has it, so that it may stand in JSON, too
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
      shown = character ? visible(*character, text) : escaped("\\x%02x", byte_at(text, 0));
    }
    if (shown.size() > room) {
      return result + "... (" + std::to_string(size) + " bytes)";
    }
    result += shown;
    text.remove_prefix(bytes);
  }
  return result;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::optional<Character> character = first_character(text);
    if (!character) {
      return false;
    }
    text.remove_prefix(character->size);
  }
  return true;
}

}  // namespace crier::cli
