// SPDX-License-Identifier: MIT
#pragma once

#include "serve/site.hpp"

#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What pages are made of.
namespace crier::cli {

// The whole of a page. Nothing of the log is shown to who is yet to log in.
[[nodiscard]] std::string whole_page(const WebPage& page, const PageRequest& request);

// A form that posts to `path`: its secret, these fields (hidden), and what else stands in it.
[[nodiscard]] Html post_form(const PageRequest& request, const std::string& path,
                             const HttpFields& fields, const Html& content);
[[nodiscard]] Html button(const Html& content, std::string_view kind = "plain");
// A text field with its label, which holds what was asked for, and a list to choose from.
[[nodiscard]] Html text_field(const std::string& name, const Html& label, const std::string& value,
                              const std::string& hint = {},
                              const std::set<std::string>& offered = {});
[[nodiscard]] Html check_box(const std::string& name, const Html& label, bool is_checked);

struct HtmlCell {
  Html content;
  std::string style = {};  // a class of the style sheet's
};
using HtmlRow = std::vector<HtmlCell>;
// Each cell bears its column's title, for narrow screens.
[[nodiscard]] Html html_row(const std::vector<std::string>& titles, const HtmlRow& row);
[[nodiscard]] Html html_table(const std::vector<std::string>& titles,
                              const std::vector<HtmlRow>& rows, const Attributes& body = {});

// A word that stands out: "good", "warning", "problem" or "faint".
[[nodiscard]] Html chip(std::string_view kind, const Html& content);
// A box with a sentence: "good", "warning" or "problem".
[[nodiscard]] Html notice(std::string_view kind, const Html& content);
// A piece of a page under a heading.
[[nodiscard]] Html section(const Html& title, const Html& content);

}  // namespace crier::cli
