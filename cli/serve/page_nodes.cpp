// SPDX-License-Identifier: MIT
#include "base/duration.hpp"
#include "node_print.hpp"
#include "printable.hpp"
#include "serve/layout.hpp"
#include "serve/pages.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

constexpr std::ptrdiff_t kActionsColumn = 2;  // beside the state, if there are any

Html remarks_on(const NodeRecord& node, std::size_t bearers) {
  Html remarks;
  const auto add = [&](std::string_view kind, const std::string& text) {
    remarks += element("div", {{"class", std::string(kind)}}, text);
  };
  if (node.state == NodeState::live) {
    if (bearers > 1) {
      add("warning", "one of " + std::to_string(bearers) + " live nodes of this name");
    }
    if (is_paused(node)) {
      add("warning",
          pause_text(node) + ", until " + pause_end_text(node, true) + ": " + stand_text(node));
    }
    if (!node.poller_alive) {
      add("problem", "its poller is stalled");
    }
    for (const std::string& trouble : node.troubles) {
      add("problem", trouble_text(trouble));
    }
  }
  if (const std::string error = last_error_text(node); !error.empty()) {
    add("warning", error);
  }
  return remarks;
}

Html state_chip(const NodeRecord& node) {
  switch (node.state) {
    case NodeState::live:
      return is_paused(node) ? chip("warning", "paused") : chip("good", "live");
    case NodeState::stale:
      return chip("problem", "stale");
    case NodeState::stopped:
      break;
  }
  return chip("faint", "stopped");
}

Html pause_actions(const NodeRecord& node, const PageRequest& request) {
  const HttpFields name{{"node", node.name}};
  if (is_paused(node)) {
    return post_form(request, "/nodes/resume", name, button("Resume"));
  }
  return node.state != NodeState::live
             ? Html()
             : element("details", {element("summary", "Pause…"),
                                   post_form(request, "/nodes/pause", name,
                                             {text_field("for", "for", "10m"), button("Pause")})});
}

HtmlRow node_row(const NodeRecord& node, const std::vector<NodeRecord>& all) {
  // What a node that is gone was last is not what it is.
  const bool is_live = node.state == NodeState::live, is_known = node.state != NodeState::stopped;
  return {{link(http_target("/events", {{"node", node.name}}), printable(node.name, 255)), "name"},
          {state_chip(node)},
          {!is_live                                  ? "–"
           : node.role == Role::scheduling_publisher ? "leader"
                                                     : std::string(to_string(node.role))},
          {node.position.to_string(), "number"},
          {is_known ? std::to_string(node.lag) : "–", "number"},
          {is_known && node.lag > 0 ? rough_duration(node.behind) : "–", "number"},
          {rough_duration(node.beat_age), "number"},
          {remarks_on(node, live_bearers(all, node.name)), "text"},
          {node.durable ? "yes" : "–"},
          {std::to_string(node.quarantined), "number"},
          {std::to_string(node.resyncs), "number"},
          {printable(node.version, 40)},
          {printable(node.host, 255) + "/" + std::to_string(node.pid)}};
}

// Refreshers by name and GUID, and the nodes that have them.
Html refresher_table(Connection& connection) {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> bearers;
  for (const RefresherRecord& one : connection.history().refreshers()) {
    if (one.state != NodeState::stopped) {
      const std::string guid = one.refresher.empty() ? "" : one.refresher.to_string();
      bearers[{one.refresher.empty() ? "(any other)" : one.name, guid}].insert(one.node);
    }
  }
  std::vector<HtmlRow> rows;
  for (const auto& [refresher, nodes] : bearers) {
    std::string names;
    for (const std::string& node : nodes) {
      names += (names.empty() ? "" : ", ") + printable(node, 255);
    }
    const auto& [name, guid] = refresher;
    rows.push_back({{guid.empty() ? Html(name)
                                  : link(http_target("/log", {{"refresher", guid}}),
                                         name.empty() ? guid : printable(name, 255)),
                     "name"},
                    {guid.empty() ? "–" : guid},
                    {names, "text"}});
  }
  return rows.empty()
             ? element("p", {{"class", "faint"}}, "No node has said which refreshers it has.")
             : html_table({"Name", "GUID", "Nodes"}, rows);
}

}  // namespace

WebPage nodes_page(const PageRequest& request) {
  const bool all = request.http.argument("all").has_value();
  return request.site.access.read(request.deadline, [&](Connection& connection) {
    const std::vector<NodeRecord> nodes = connection.nodes().list();
    std::vector<HtmlRow> rows;
    std::size_t left_out = 0;
    for (const NodeRecord& node : nodes) {
      if (node.state == NodeState::stopped && !all) {
        ++left_out;
      } else {
        HtmlRow row = node_row(node, nodes);
        if (request.site.allow_actions) {
          row.insert(row.begin() + kActionsColumn, {pause_actions(node, request), "actions"});
        }
        rows.push_back(std::move(row));
      }
    }
    std::vector<std::string> titles{"Name",    "State",   "Role",    "Position", "Lag",
                                    "Behind",  "Beat",    "Remarks", "Kept",     "Given up",
                                    "Resyncs", "Version", "Host/pid"};
    if (request.site.allow_actions) {
      titles.insert(titles.begin() + kActionsColumn, "Actions");
    }
    Html body = element("h1", "Nodes");
    body += rows.empty() ? element("p", {{"class", "faint"}}, "No node is live or stale.")
                         : html_table(titles, rows);
    if (left_out > 0) {
      body += element(
          "p", {std::to_string(left_out) +
                    (left_out == 1 ? " stopped node is" : " stopped nodes are") + " left out: ",
                link("/nodes?all=1", "show all"), "."});
    }
    body += section("Refreshers", refresher_table(connection));
    return WebPage{.title = "Nodes", .body = std::move(body), .is_redrawn = true};
  });
}

}  // namespace crier::cli
