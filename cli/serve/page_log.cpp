// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "entry_filter.hpp"
#include "log_walk.hpp"
#include "serve/layout.hpp"
#include "serve/log_view.hpp"
#include "serve/pages.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

constexpr std::size_t kDefaultRows = 50, kMostLogRows = 1000;
// A search of a large log goes on with the next page, rather than to let one wait.
constexpr std::chrono::seconds kLongestSearch{2};

struct Found {
  std::vector<HtmlRow> rows;
  EntryId last;                // that was looked at
  bool has_more = false;       // there are entries before that one
  bool was_cut_short = false;  // there was no time to look at them
  std::string left_out;
};

Found search(Connection& connection, const PageRequest& request, std::size_t most) {
  const Names names = Names::read(connection);
  EntryFilter filter(choice_of(request.http, names), names);
  EntryId before = kBeyondAll;
  if (const auto text = request.http.argument("before")) {
    before = parse_entry_id("before", *text);
  }
  const auto end = std::min(request.deadline, std::chrono::steady_clock::now() + kLongestSearch);
  Found found;
  walk_backward(
      connection.log(),
      [&](const Entry& entry) {
        found.was_cut_short = std::chrono::steady_clock::now() >= end;
        found.has_more = found.was_cut_short || found.rows.size() == most;
        if (!found.has_more) {
          if (filter.matches(entry)) {
            found.rows.push_back(entry_row(entry, names));
          }
          found.last = entry.id;
        }
        return !found.has_more;
      },
      before);
  found.left_out = filter.left_out("tick the box to see them");
  return found;
}

Html log_filter_form(const HttpRequest& request) {
  return element("form", {{"method", "get"}, {"action", "/log"}, {"class", "filter"}},
                 filter_fields(request, true));
}

Html range_replay_form() {
  return element(
      "details",
      {element("summary", "Replay entries…"),
       element("form", {{"method", "get"}, {"action", "/replay"}, {"class", "filter"}},
               {text_field("after", "All after", "", "3"), text_field("through", "up to", "", "9"),
                text_field("ids", "or these", "", "7 12"),
                text_field("refresher", "only for the refresher", "", "name or GUID"),
                button("See what that does", "main")})});
}

Html next_link(const HttpRequest& request, const Found& found) {
  if (!found.has_more) {
    return element("p", {{"class", "faint"}}, "This is where the log begins.");
  }
  HttpFields arguments = request.query;
  std::erase_if(arguments,
                [](const auto& one) { return one.first == "before" || one.first == "done"; });
  arguments.emplace_back("before", std::to_string(found.last.value));
  return element("p", {{"class", "pages"}},
                 {found.was_cut_short ? Html("Looked at all from entry " +
                                             std::to_string(found.last.value) + " on. ")
                                      : Html(),
                  link(http_target("/log", arguments), "Older entries →")});
}

}  // namespace

WebPage log_page(const PageRequest& request) {
  std::size_t most = kDefaultRows;
  if (const auto rows = request.http.argument("rows")) {
    most = std::min(parse_count("rows", *rows), kMostLogRows);
  }
  return request.site.access.read(request.deadline, [&](Connection& connection) {
    const Found found = search(connection, request, most);
    Html body{element("h1", "Log"), log_filter_form(request.http)};
    if (request.site.allow_actions) {
      body += range_replay_form();
    }
    body += found.rows.empty() ? element("p", {{"class", "faint"}}, "No entry fits.")
                               : html_table(entry_titles(), found.rows);
    if (!found.left_out.empty()) {
      body += element("p", {{"class", "faint"}}, found.left_out);
    }
    body += next_link(request.http, found);
    return WebPage{.title = "Log", .body = std::move(body)};
  });
}

}  // namespace crier::cli
