// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "explanation.hpp"
#include "fate_print.hpp"
#include "log_walk.hpp"
#include "names.hpp"
#include "node_names.hpp"
#include "print.hpp"
#include "printable.hpp"
#include "publish.hpp"
#include "serve/layout.hpp"
#include "serve/log_view.hpp"
#include "serve/pages.hpp"
#include "times.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

// Before the page is due, so that it can still be made.
constexpr std::chrono::seconds kToShowIt{1};

Html explain_form(const HttpRequest& request, Connection& connection, const Names& names) {
  const auto value = [&](std::string_view name) { return request.argument(name).value_or(""); };
  return element(
      "form", {{"method", "get"}, {"action", "/explain"}, {"class", "filter"}},
      {text_field("refresher", "Refresher", value("refresher"), "name or GUID",
                  offered_refreshers(connection, names)),
       text_field("key", "Key", value("key"), "an id, a GUID, a value"),
       text_field("node", "Only on node", value("node"), "web-1", offered_nodes(connection)),
       text_field("path", "Where in the JSON", value("path"), "/sku"), button("Explain", "main")});
}

std::string_view chip_kind(Tone tone) {
  switch (tone) {
    case Tone::strong:
      return "good";
    case Tone::warning:
      return "warning";
    case Tone::problem:
      return "problem";
    case Tone::faint:
      break;
  }
  return "faint";
}

HtmlRow fate_row(const NodeFate& fate) {
  Html more = printable(fate.detail, 1000);
  if (fate.failure) {
    more += {" ", link("/failures", "failure " + std::to_string(*fate.failure))};
  }
  return {{printable(fate.node, 255), "name"},
          {chip(chip_kind(tone_of(fate.fate)), fate_text(fate.fate))},
          {more, "text"}};
}

Html explained_entry(const Explained& one, const Names& names,
                     const std::optional<std::string>& node) {
  const Entry& entry = one.concerned.entry;
  const std::string writer = names.node_of(entry.originated);
  Html content;
  for (const Instruction& instruction : one.concerned.instructions) {
    content += element("p", instruction_text(instruction, kShort, Paint(), &names));
  }
  for (const std::string& problem : one.concerned.problems) {
    content += notice("problem", "Unreadable: " + printable(problem, 500));
  }
  std::vector<HtmlRow> rows;
  for (const NodeFate& fate : one.nodes) {
    if (node ? fate.node == *node : has_part(fate)) {
      rows.push_back(fate_row(fate));
    }
  }
  content += rows.empty() ? element("p", {{"class", "faint"}}, "No node had a part in it.")
                          : html_table({"Node", "What became of it", "How it is known"}, rows);
  return section(
      {"Entry ", entry_link(entry.id), " · ", shown_time(entry.utc_stamp, true), " · from ",
       writer.empty() ? printable(without_incarnation(entry.originated), 500) : writer},
      element("div", {{"class", "explained"}}, content));
}

Html answer_to(const ExplainQuery& query, const PageRequest& request, Connection& connection,
               const Names& names) {
  const auto explained = explain(connection, query, [&] {
    return std::chrono::steady_clock::now() + kToShowIt < request.deadline;
  });
  if (!explained) {
    return notice("warning",
                  "There was no time to look through the whole log, and a part of it is no answer; "
                  "crier explain takes the time it needs.");
  }
  if (explained->empty()) {
    refuse_unknown(names, query.key.refresher(), "");
    return notice("warning", "No entry concerns it: " + extent(connection.log()) + ".");
  }
  Html html;
  for (const Explained& one : *explained) {
    html += explained_entry(one, names, request.http.argument("node"));
  }
  if (explained->size() == query.limit) {
    html += element("p", {{"class", "faint"}},
                    "The newest " + std::to_string(query.limit) +
                        " are explained; crier explain --limit tells of more.");
  }
  return html;
}

}  // namespace

WebPage explain_page(const PageRequest& request) {
  const auto value = [&](const char* name) { return request.http.argument(name).value_or(""); };
  return request.site.access.read(request.deadline, [&](Connection& connection) {
    const Names names = Names::read(connection);
    Html body{element("h1", "Explain a key"), explain_form(request.http, connection, names)};
    if (!request.http.argument("key")) {
      body += element("p", {{"class", "faint"}},
                      "What became of a key, entry by entry and node by node: an id, a GUID, or a "
                      "value in the JSON of a payload.");
      return WebPage{.title = "Explain", .body = std::move(body)};
    }
    const ExplainQuery query{
        .key = key_of(
            {{"refresher", value("refresher")}, {"key", value("key")}, {"path", value("path")}},
            names),
        .since = {},
        .until = {},
        .utc = true};
    if (const auto node = request.http.argument("node")) {
      refuse_unknown_node(*node, connection.nodes().list());
    }
    body += answer_to(query, request, connection, names);
    return WebPage{.title = "Explain " + value("key"), .body = std::move(body)};
  });
}

}  // namespace crier::cli
