// SPDX-License-Identifier: MIT
#include "audit_report.hpp"

#include "base/duration.hpp"
#include "json.hpp"
#include "printable.hpp"
#include "table.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace crier::cli {

namespace {

constexpr std::size_t kMostShown = 20;
constexpr std::size_t kMostTextBytes = 80;

std::string shown(const std::string& text) { return printable(text, kMostTextBytes); }

std::string shown_version(const std::string& version) {
  return version.empty() ? "(nothing)" : shown(version);
}

Json version_json(const std::string& version) { return or_null(!version.empty(), version); }

Json json_of(const Disagreement& one) {
  Json held = Json::array();
  for (const AuditRecord& record : one.held) {
    held.push_back({{"node", record.node},
                    {"incarnation", record.incarnation.to_string()},
                    {"version", version_json(record.version)}});
  }
  return {{"cache", one.key.cache},
          {"key", one.key.key},
          {"expected", version_json(one.expected.value_or(""))},
          {"held", held}};
}

Json json_of(const AuditReport& report) {
  Json nodes = Json::array();
  for (const AnsweringNode& node : report.first.answered) {
    nodes.push_back({{"name", node.name},
                     {"incarnation", node.incarnation.to_string()},
                     {"caches", node.caches}});
  }
  const auto names = [](const std::vector<NodeRecord>& records) {
    Json list = Json::array();
    for (const NodeRecord& record : records) {
      list.push_back(record.name);
    }
    return list;
  };
  Json looks = Json::array();
  for (const AuditReport::Look& look : report.looks) {
    looks.push_back({{"afterMs", look.after.count()}, {"different", look.different}});
  }
  Json different = Json::array();
  for (const Disagreement& one : report.different) {
    different.push_back(json_of(one));
  }
  return {{"nodes", nodes},
          {"silent", names(report.first.silent)},
          {"passed", names(report.first.passed)},
          {"sampled", report.sampled},
          {"compared", report.compared},
          {"looks", looks},
          {"different", different}};
}

std::string looks_text(const AuditReport& report) {
  std::string text;
  for (const AuditReport::Look& look : report.looks) {
    text += (text.empty() ? "" : ", ") +
            percent_text(report.compared - look.different, report.compared) + " %" +
            (text.empty() ? " agreed at once" : " within " + duration_text(look.after));
  }
  return text;
}

void print_different(const Session& session, const std::vector<Disagreement>& different) {
  std::vector<std::vector<Cell>> rows{{{"CACHE", Tone::faint},
                                       {"KEY", Tone::faint},
                                       {"NODE", Tone::faint},
                                       {"VERSION", Tone::faint}}};
  for (std::size_t i = 0; i < std::min(different.size(), kMostShown); ++i) {
    const Disagreement& one = different[i];
    const auto add = [&](const std::string& who, const std::string& version) {
      rows.push_back({{shown(one.key.cache)},
                      {shown(one.key.key), Tone::strong},
                      {who},
                      {shown_version(version)}});
    };
    if (one.expected) {
      add("(the query)", *one.expected);
    }
    for (const AuditRecord& record : one.held) {
      add(shown(record.node), record.version);
    }
  }
  fit(rows, {0, 1, 2, 3});
  for (const std::string& line : align(rows, session.paint)) {
    session.put(line);
  }
  if (different.size() > kMostShown) {
    session.put("and " + std::to_string(different.size() - kMostShown) +
                " more; see all with --json");
  }
}

}  // namespace

void print(const Session& session, const AuditReport& report) {
  if (session.json) {
    session.put(line_of(json_of(report)));
    return;
  }
  const std::size_t nodes = report.first.answered.size();
  session.put(std::to_string(nodes) + (nodes == 1 ? " node" : " nodes") + ", " +
              std::to_string(report.sampled) + (report.sampled == 1 ? " key" : " keys") + ", " +
              std::to_string(report.compared) + " compared" +
              (report.compared == 0 ? "" : ": " + looks_text(report)));
  if (!report.different.empty()) {
    print_different(session, report.different);
  }
}

}  // namespace crier::cli
