// SPDX-License-Identifier: MIT
#include "cache/hybrid/stored_value.hpp"

#include <crier/shared_json.hpp>

#include "base/error_of.hpp"

#include <cstddef>
#include <utility>

namespace crier {

std::string StoredValue::write(const LogView::Made& made, const std::vector<std::string>& tags,
                               std::string_view data) {
  std::string text = std::to_string(made.generation);
  text.append(" ").append(std::to_string(made.applied.value));
  if (!tags.empty()) {
    text.append(" ").append(to_shared_json("", tags));
  }
  return text.append("\n").append(data);
}

std::optional<StoredValue> StoredValue::read(std::string text) {
  const std::size_t end = text.find('\n');
  std::string_view head(text.data(), end == std::string::npos ? 0 : end + 1);
  const std::optional<LogView::Made> made = LogView::Made::take(head);
  if (!made) {
    return std::nullopt;
  }
  StoredValue value{*made, {}, {}};
  head.remove_suffix(1);
  const auto read_tags = [&] {
    value.tags = from_shared_json<decltype(value.tags)>("", head.substr(1));
  };
  if (!head.empty() && !error_of(read_tags).empty()) {
    return std::nullopt;
  }
  text.erase(0, end + 1);
  value.data = std::move(text);
  return value;
}

}  // namespace crier
