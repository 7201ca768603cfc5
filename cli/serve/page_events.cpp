// SPDX-License-Identifier: MIT
#include <crier/admin/history.hpp>

#include "arguments.hpp"
#include "node_names.hpp"
#include "printable.hpp"
#include "serve/layout.hpp"
#include "serve/pages.hpp"
#include "times.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

constexpr std::size_t kMostEvents = 200;

EventQuery query_of(const HttpRequest& request) {
  EventQuery query;
  query.node = request.argument("node").value_or("");
  query.kind = request.argument("kind").value_or("");
  if (!query.kind.empty() && std::ranges::find(kEventKinds, query.kind) == kEventKinds.end()) {
    throw usage_error("kind: " + argument_text(query.kind) + " is no kind of event");
  }
  query.limit = kMostEvents;
  return query;
}

Html event_filter_form(const EventQuery& query) {
  Html kinds = element("option", {{"value", ""}}, "all kinds");
  for (const std::string_view kind : kEventKinds) {
    Attributes attributes{{"value", std::string(kind)}};
    if (kind == query.kind) {
      attributes.emplace_back("selected", "");
    }
    kinds += element("option", attributes, kind);
  }
  return element(
      "form", {{"method", "get"}, {"action", "/events"}, {"class", "filter"}},
      {text_field("node", "Node", query.node, "web-1"),
       element("label", {element("span", "Kind"), element("select", {{"name", "kind"}}, kinds)}),
       button("Show", "main")});
}

}  // namespace

WebPage events_page(const PageRequest& request) {
  const EventQuery query = query_of(request.http);
  return request.site.access.read(request.deadline, [&](Connection& connection) {
    std::vector<EventRecord> events = connection.history().events(query);
    if (events.empty() && !query.node.empty()) {
      refuse_unknown_node(query.node, connection.nodes().list());
    }
    std::ranges::reverse(events);
    std::vector<HtmlRow> rows;
    for (const EventRecord& event : events) {
      rows.push_back({{shown_time(event.utc_stamp, true), "time"},
                      {printable(event.kind, 40), "name"},
                      {event.node.empty() ? "–" : printable(event.node, 255)},
                      {printable(event.detail, 500), "text"}});
    }
    Html body{element("h1", "Events"), event_filter_form(query)};
    body += rows.empty() ? element("p", {{"class", "faint"}}, "Nothing of that kind is remembered.")
                         : html_table({"Time", "Kind", "Node", "What"}, rows);
    if (rows.size() == kMostEvents) {
      body += element("p", {{"class", "faint"}},
                      "The newest " + std::to_string(kMostEvents) +
                          " are shown; crier events --limit lists more.");
    }
    return WebPage{.title = "Events", .body = std::move(body)};
  });
}

}  // namespace crier::cli
