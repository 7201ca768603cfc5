// SPDX-License-Identifier: MIT
#include "base/duration.hpp"
#include "entry_filter.hpp"
#include "findings.hpp"
#include "health.hpp"
#include "log_walk.hpp"
#include "node_print.hpp"
#include "printable.hpp"
#include "serve/chart.hpp"
#include "serve/layout.hpp"
#include "serve/log_view.hpp"
#include "serve/pages.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

constexpr std::size_t kNewest = 8;   // entries
constexpr std::size_t kStrips = 50;  // nodes, the worst first

Facts look_at(Connection& connection, Site& site) {
  Facts facts;
  facts.store = site.access.store().name();
  facts.schema = connection.schema().status();
  if (facts.schema.state == SchemaState::current) {
    examine_log(site.access.store(), connection, site.limits, facts, site.allow_actions);
  }
  return facts;
}

Html verdict(const Facts& facts, const Findings& findings) {
  const bool is_good = findings.problems.empty();
  const std::size_t problems = findings.problems.size();
  const std::string headline = is_good         ? "All is well"
                               : problems == 1 ? "1 problem"
                                               : std::to_string(problems) + " problems";
  const std::size_t of = findings.judged;
  return element("section", {{"class", std::string("verdict ") + (is_good ? "good" : "bad")}},
                 {element("h1", headline),
                  element("p", std::to_string(findings.fresh()) + " of " + std::to_string(of) +
                                   (of == 1 ? " node is fresh" : " nodes are fresh") + " · " +
                                   log_text(facts))});
}

Html finding_list(const std::vector<Finding>& findings, std::string_view kind) {
  Html list;
  for (const Finding& finding : findings) {
    Html content{element("b", link("/runbook#" + finding.code, finding.code)),
                 element("p", finding.what)};
    if (!finding.next.empty()) {
      content += element("p", {{"class", "next"}}, {"Next: ", element("code", finding.next)});
    }
    list += notice(kind, content);
  }
  return list;
}

std::string rate_text(const std::deque<Sample>& samples) {
  const std::optional<double> rate = Samples::rate(samples, std::chrono::minutes(1));
  if (!rate) {
    return "not known yet";
  }
  std::array<char, 40> text{};
  return {text.data(), static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%.1f /s",
                                                              std::min(*rate, 1e12)))};
}

Html figures(const Facts& facts, const std::deque<Sample>& samples) {
  const auto figure = [](const Html& name, const Html& value) {
    return element("div", {element("dt", name), element("dd", value)});
  };
  const Html failures = std::to_string(facts.failures);
  return element(
      "dl", {{"class", "figures"}},
      {figure("Newest entry", facts.bounds ? entry_link(facts.bounds->newest) : Html("none")),
       figure("Published, last minute", rate_text(samples)), figure("Nodes", nodes_text(facts)),
       figure("Leader", leader_text(facts)), figure("Canary", canary_text(facts)),
       figure("Quarantine", facts.failures == 0 ? failures : link("/failures", failures))});
}

std::string now_text(const NodeSample& node) {
  if (node.state != NodeState::live) {
    return std::string(to_string(node.state));
  }
  return node.behind == std::chrono::milliseconds(0) ? "fresh"
                                                     : "behind " + rough_duration(node.behind);
}

// What is said of a node beside its strip.
Html now_cell(const std::string& name, const NodeSample& node, const Facts& facts) {
  const auto paused = std::ranges::find_if(
      facts.nodes, [&](const NodeRecord& one) { return one.name == name && is_paused(one); });
  if (node.is_paused && paused != facts.nodes.end()) {
    return element("span", {{"class", "now"}},
                   {chip("warning", "paused"), " until " + pause_end_text(*paused, true) + " by " +
                                                   printable(paused->paused_by, 100)});
  }
  return element("span", {{"class", node.state == NodeState::live ? "now" : "now problem"}},
                 now_text(node));
}

Html freshness(const std::deque<Sample>& samples, const Facts& facts) {
  if (samples.empty() || !samples.back().is_known || samples.back().nodes.empty()) {
    return element("p", {{"class", "faint"}}, "No node has been seen yet.");
  }
  std::vector<std::pair<std::string, NodeSample>> nodes(samples.back().nodes.begin(),
                                                        samples.back().nodes.end());
  std::ranges::stable_sort(nodes, [](const auto& a, const auto& b) {
    return std::pair(b.second.state, b.second.behind) < std::pair(a.second.state, a.second.behind);
  });
  Html strips;
  for (std::size_t i = 0; i < std::min(nodes.size(), kStrips); ++i) {
    const auto& [name, node] = nodes[i];
    strips += element("div", {{"class", "strip"}},
                      {element("span", {{"class", "name"}}, name), freshness_strip(samples, name),
                       now_cell(name, node, facts)});
  }
  if (nodes.size() > kStrips) {
    strips += element("p", {{"class", "faint"}},
                      {"And " + std::to_string(nodes.size() - kStrips) + " more: see ",
                       link("/nodes", "all nodes"), "."});
  }
  return strips;
}

Html newest_entries(Connection& connection) {
  const Names names = Names::read(connection);
  EntryFilter filter({}, names);
  std::vector<HtmlRow> rows;
  std::size_t looked_at = 0;
  walk_backward(connection.log(), [&](const Entry& entry) {
    if (filter.matches(entry)) {
      rows.push_back(entry_row(entry, names));
    }
    return rows.size() < kNewest && ++looked_at < 10 * kNewest;  // an idle log is full of canaries
  });
  return rows.empty() ? element("p", {{"class", "faint"}}, "None lately, but for canaries.")
                      : html_table(entry_titles(), rows);
}

}  // namespace

WebPage overview_page(const PageRequest& request) {
  Site& site = request.site;
  return site.access.read(request.deadline, [&](Connection& connection) {
    const Facts facts = look_at(connection, site);
    const Findings findings = judge(facts, site.limits);
    const std::deque<Sample> samples = site.samples.all();
    Html body{verdict(facts, findings), finding_list(findings.problems, "problem"),
              finding_list(findings.warnings, "warning")};
    if (facts.schema.state == SchemaState::current) {
      body += figures(facts, samples);
      body += section("Freshness, the last ten minutes",
                      element("div", {{"class", "strips"}}, freshness(samples, facts)));
      body += section("Published, the last ten minutes", rate_chart(samples));
      body += section("Newest entries", newest_entries(connection));
    }
    return WebPage{.title = "Overview", .body = std::move(body), .is_redrawn = true};
  });
}

}  // namespace crier::cli
