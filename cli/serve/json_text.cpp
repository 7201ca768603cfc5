// SPDX-License-Identifier: MIT
#include "serve/json_text.hpp"

#include <algorithm>
#include <utility>

namespace crier::cli {

IndentedJson indented_json(std::string_view json, std::size_t most) {
  constexpr std::size_t kDeepest = 20;
  std::string text;
  std::size_t depth = 0;
  bool is_in_string = false;
  const auto begin_line = [&] {
    text += '\n';
    text.append(2 * std::min(depth, kDeepest), ' ');
  };
  // A row may hold many megabytes, which would take many times as much.
  for (std::size_t i = 0; i < json.size() && text.size() <= most; ++i) {
    const char c = json[i];
    if (is_in_string) {
      text += c;
      if (c == '\\' && i + 1 < json.size()) {
        text += json[++i];
      } else if (c == '"') {
        is_in_string = false;
      }
      continue;
    }
    switch (c) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        break;
      case '{':
      case '[': {
        text += c;
        const char close = c == '{' ? '}' : ']';
        if (i + 1 < json.size() && json[i + 1] == close) {
          text += json[++i];
        } else {
          ++depth;
          begin_line();
        }
        break;
      }
      case '}':
      case ']':
        depth -= depth > 0 ? 1 : 0;
        begin_line();
        text += c;
        break;
      case ',':
        text += c;
        begin_line();
        break;
      case ':':
        text += ": ";
        break;
      default:
        is_in_string = c == '"';
        text += c;
    }
  }
  const bool is_cut = text.size() > most;
  text.resize(std::min(text.size(), most));
  return {std::move(text), is_cut};
}

}  // namespace crier::cli
