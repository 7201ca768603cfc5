// SPDX-License-Identifier: MIT
// docs/runbook.md as a page, with an anchor for each code.
#include "serve/embedded_file.hpp"
#include "serve/layout.hpp"
#include "serve/pages.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace crier::cli {

namespace {

// What stands between two marks is an element.
struct Inline {
  std::string_view begin, end, element;
};
// Of a link its text is left: the other documents are not here.
constexpr std::array<Inline, 3> kInlines{
    {{"`", "`", "code"}, {"**", "**", "b"}, {"[", "](", "span"}}};

Html marked_up(std::string_view text) {
  Html html;
  while (!text.empty()) {
    const Inline* next = nullptr;
    std::size_t at = text.size();
    for (const Inline& one : kInlines) {
      if (const std::size_t found = text.find(one.begin); found < at) {
        at = found;
        next = &one;
      }
    }
    html += text.substr(0, at);
    text.remove_prefix(at);
    if (next != nullptr) {
      text.remove_prefix(next->begin.size());
      const std::size_t size = std::min(text.find(next->end), text.size());
      html += element(next->element, text.substr(0, size));
      text.remove_prefix(std::min(size + next->end.size(), text.size()));
      if (next->end == "](") {
        text.remove_prefix(std::min(text.find(')'), text.size() - 1) + 1);
      }
    }
  }
  return html;
}

Html line_of_runbook(std::string_view line) {
  if (line.starts_with("### ")) {
    std::string code(line.substr(4));
    std::erase(code, '`');
    return element("h3", {{"id", code}}, element("code", code));
  }
  if (line.starts_with("## ")) {
    return element("h2", marked_up(line.substr(3)));
  }
  if (line.starts_with("# ")) {
    return element("h1", marked_up(line.substr(2)));
  }
  return line.empty() ? Html() : element("p", marked_up(line));
}

}  // namespace

WebPage runbook_page(const PageRequest& /*request*/) {
  Html body;
  std::string_view rest = embedded_file("runbook.md");
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    body += line_of_runbook(line);
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return {.title = "Runbook", .body = element("div", {{"class", "runbook"}}, body)};
}

}  // namespace crier::cli
