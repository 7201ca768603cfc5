// SPDX-License-Identifier: MIT
#include "serve/html.hpp"

#include "printable.hpp"

#include <algorithm>

namespace crier::cli {

namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string opening(std::string_view name, const Attributes& attributes) {
  std::string tag = "<" + std::string(name);
  for (const auto& [attribute, value] : attributes) {
    tag.append(" ").append(attribute).append("=\"").append(escaped(value)).append("\"");
  }
  return tag + ">";
}

}  // namespace

Html::Html(std::string_view text) : markup_(escaped(text)) {}

Html::Html(std::initializer_list<Html> parts) {
  for (const Html& part : parts) {
    markup_ += part.markup_;
  }
}

Html& Html::operator+=(const Html& more) {
  markup_ += more.markup_;
  return *this;
}

Html element(std::string_view name, const Attributes& attributes, const Html& content) {
  Html html;
  html.markup_ = opening(name, attributes) + content.markup_ + "</" + std::string(name) + ">";
  return html;
}

Html lone_element(std::string_view name, const Attributes& attributes) {
  Html html;
  html.markup_ = opening(name, attributes);
  return html;
}

Html link(const std::string& target, const Html& content) {
  return element("a", {{"href", target}}, content);
}

Html lines(std::string_view text) {
  Html html;
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    html += element("span", {{"class", "line"}}, text.substr(0, end));
    if (end == text.size()) {
      return html;
    }
    text.remove_prefix(end + 1);
  }
}

}  // namespace crier::cli
