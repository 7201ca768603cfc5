// SPDX-License-Identifier: MIT
#include "trigger_tag.hpp"

#include "arguments.hpp"
#include "base/quoting.hpp"
#include "printable.hpp"
#include "trigger_key.hpp"

namespace crier::cli {

TriggerTag::TriggerTag(std::string_view text) : text_(text) {
  const auto refuse = [&](const std::string& why) {
    throw usage_error("--tag: " + in_quotes(text_, 100) + " " + why +
                      "; write a column's name in braces, as in 'product:{id}'");
  };
  if (text.empty()) {
    refuse("is empty");
  }
  require_plain(text);
  while (true) {
    const std::size_t open = text.find('{');
    texts_.emplace_back(text.substr(0, open));
    if (texts_.back().find('}') != std::string::npos) {
      refuse("has a '}' without a '{'");
    }
    if (open == std::string_view::npos) {
      return;
    }
    text.remove_prefix(open + 1);
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos || close == 0) {
      refuse(close == 0 ? "names no column in its braces" : "has a '{' without a '}'");
    }
    columns_.emplace_back(text.substr(0, close));
    text.remove_prefix(close + 1);
  }
}

std::string TriggerTag::sql(
    const std::function<std::string(const std::string& column)>& value) const {
  std::string sql = sql_literal(texts_.front());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    sql += " || coalesce(" + value(columns_[i]) + ", '') || " + sql_literal(texts_[i + 1]);
  }
  return sql;
}

}  // namespace crier::cli
