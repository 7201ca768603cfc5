// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::cli {

// Markup that is safe to send. Text becomes a part of it in one way only: as what it is, with
// control characters made visible and nothing left that a browser would take for markup.
class Html {
 public:
  Html() = default;
  // Anybody's text. Not explicit: wherever markup may stand, text may, too.
  Html(std::string_view text);
  Html(const std::string& text) : Html(std::string_view(text)) {}
  Html(const char* text) : Html(std::string_view(text)) {}
  Html(std::initializer_list<Html> parts);

  Html& operator+=(const Html& more);
  [[nodiscard]] bool empty() const { return markup_.empty(); }
  [[nodiscard]] const std::string& markup() const { return markup_; }

 private:
  using Attributes = std::vector<std::pair<std::string_view, std::string>>;
  friend Html element(std::string_view name, const Attributes& attributes, const Html& content);
  friend Html lone_element(std::string_view name, const Attributes& attributes);

  std::string markup_;
};

// Values are anybody's text; names are the page's own.
using Attributes = std::vector<std::pair<std::string_view, std::string>>;

// <name attributes>content</name>
[[nodiscard]] Html element(std::string_view name, const Attributes& attributes,
                           const Html& content);
[[nodiscard]] inline Html element(std::string_view name, const Html& content) {
  return element(name, {}, content);
}
// An element that has no end, such as <input>.
[[nodiscard]] Html lone_element(std::string_view name, const Attributes& attributes);

[[nodiscard]] Html link(const std::string& target, const Html& content);
// Text whose lines stay lines.
[[nodiscard]] Html lines(std::string_view text);

}  // namespace crier::cli
