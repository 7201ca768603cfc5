// SPDX-License-Identifier: MIT
#include "cache/hybrid/stored_value.hpp"

#include <crier/shared_json.hpp>

#include "base/error_of.hpp"

#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

namespace crier {
namespace {

// The digits that `text` begins with, which go from it.
template <class Number>
bool take(std::string_view& text, Number& number) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return error == std::errc();
}

bool take_blank(std::string_view& text) {
  const bool taken = text.starts_with(' ');
  text.remove_prefix(taken ? 1 : 0);
  return taken;
}

}  // namespace

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
  StoredValue value;
  if (end == std::string::npos) {
    return std::nullopt;
  }
  std::string_view head = std::string_view(text).substr(0, end);
  if (!take(head, value.made.generation) || !take_blank(head) ||
      !take(head, value.made.applied.value)) {
    return std::nullopt;
  }
  const auto read_tags = [&] { value.tags = from_shared_json<decltype(value.tags)>("", head); };
  if (!head.empty() && (!take_blank(head) || !error_of(read_tags).empty())) {
    return std::nullopt;
  }
  text.erase(0, end + 1);
  value.data = std::move(text);
  return value;
}

}  // namespace crier
