// SPDX-License-Identifier: MIT
#include "store/sql/schema_parts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace crier::sql {
namespace {

// Where the comment, the quoted text or the single character that stands at `at` ends.
std::size_t end_of_piece(std::string_view script, std::size_t at) {
  const auto after = [&](std::string_view end, std::size_t from) {
    const std::size_t found = script.find(end, from);
    return found == std::string_view::npos ? script.size() : found + end.size();
  };
  const char c = script[at];
  if (script.substr(at).starts_with("--")) {
    return after("\n", at);
  }
  if (c == '\'' || c == '"') {
    return after({&c, 1}, at + 1);
  }
  if (c == '$') {
    if (const std::size_t end = script.find('$', at + 1); end != std::string_view::npos) {
      return after(script.substr(at, end + 1 - at), end + 1);
    }
  }
  return at + 1;
}

std::string next_word(std::string_view& text) {
  constexpr std::string_view kBetween = " \n(;";
  text.remove_prefix(std::min(text.find_first_not_of(kBetween), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(kBetween));
  text.remove_prefix(word.size());
  return std::string(word);
}

SchemaPart part_of(const std::string& sql) {
  struct Beginning {
    std::string_view words;
    SchemaPart::Kind kind;
  };
  constexpr std::array kBeginnings = {
      Beginning{"CREATE TABLE", SchemaPart::Kind::table},
      Beginning{"CREATE INDEX", SchemaPart::Kind::index},
      Beginning{"CREATE UNIQUE INDEX", SchemaPart::Kind::index},
      Beginning{"CREATE FUNCTION", SchemaPart::Kind::function},
      Beginning{"CREATE CONSTRAINT TRIGGER", SchemaPart::Kind::trigger},
      Beginning{"INSERT INTO", SchemaPart::Kind::row},
      Beginning{"REVOKE ALL ON", SchemaPart::Kind::right},
  };
  for (const Beginning& beginning : kBeginnings) {
    if (sql.starts_with(beginning.words)) {
      std::string_view rest = std::string_view(sql).substr(beginning.words.size());
      return {beginning.kind, next_word(rest), sql};
    }
  }
  throw std::logic_error("schema: what does this make? " + sql);
}

}  // namespace

std::vector<SchemaPart> schema_parts(std::string_view script) {
  std::vector<SchemaPart> parts;
  std::string sql;
  for (std::size_t at = 0, end = 0; at < script.size(); at = end) {
    end = end_of_piece(script, at);
    const std::string_view piece = script.substr(at, end - at);
    if (piece.starts_with("--")) {
      sql += sql.empty() ? "" : "\n";
    } else if (!sql.empty() || (piece != " " && piece != "\n")) {
      sql += piece;
    }
    if (piece == ";") {
      parts.push_back(part_of(sql));
      sql.clear();
    }
  }
  return parts;
}

std::vector<std::string> elements_of(std::string_view sql, std::string_view* rest) {
  std::vector<std::string> elements;
  std::string element;
  int depth = 0;
  std::size_t at = std::min(sql.find('('), sql.size());
  for (std::size_t end = 0; at < sql.size(); at = end) {
    end = end_of_piece(sql, at);
    const std::string_view piece = sql.substr(at, end - at);
    depth += piece == "(" ? 1 : piece == ")" ? -1 : 0;
    const bool is_last = depth == 0;
    if (is_last || (depth == 1 && piece == ",")) {
      elements.push_back(std::exchange(element, {}));
    } else if (!piece.starts_with("--") && (depth > 1 || piece != "(")) {
      const bool is_blank = piece == " " || piece == "\n";
      element += element.empty() && is_blank ? "" : is_blank ? " " : piece;
    }
    if (is_last) {
      at = end;
      break;
    }
  }
  for (std::string& one : elements) {
    one.erase(one.find_last_not_of(' ') + 1);
  }
  if (rest != nullptr) {
    *rest = sql.substr(at);
  }
  return elements;
}

}  // namespace crier::sql
