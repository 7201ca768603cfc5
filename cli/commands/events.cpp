// SPDX-License-Identifier: MIT
#include <crier/admin/history.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "json.hpp"
#include "name_cut.hpp"
#include "nearest.hpp"
#include "offer.hpp"
#include "printable.hpp"
#include "table.hpp"
#include "times.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

struct EventsOptions {
  std::optional<std::string> node;
  std::optional<std::string> kind;
  std::optional<std::string> since;
  std::string limit = "50";
  bool utc = false;
  bool wide = false;
};

std::string kind_of(const std::string& text) {
  const std::vector<std::string> kinds(kEventKinds.begin(), kEventKinds.end());
  if (std::ranges::find(kinds, text) == kinds.end()) {
    std::string known;
    for (const std::string& kind : kinds) {
      known += (known.empty() ? "" : ", ") + kind;
    }
    const std::optional<std::string> meant = nearest(text, kinds);
    throw usage_error("--kind: " + argument_text(text) + " is no kind of event" +
                      (meant ? "; did you mean " + *meant + "?" : "; there are: " + known));
  }
  return text;
}

// Nothing if no node of that name is remembered in any way.
void require_known(Connection& connection, const std::string& node,
                   const std::vector<EventRecord>& events) {
  if (!events.empty()) {
    return;
  }
  std::vector<std::string> names;
  for (const NodeRecord& one : connection.nodes().list()) {
    if (one.name == node) {
      return;
    }
    names.push_back(one.name);
  }
  const std::optional<std::string> meant = nearest(node, names);
  throw usage_error("--node: there is no node " + argument_text(node) +
                    (meant ? "; did you mean " + *meant + "?" : "; see crier nodes --all"));
}

Json event_json(const EventRecord& event) {
  return {{"id", event.id},
          {"utcStamp", event.utc_stamp},
          {"kind", event.kind},
          {"node", or_null(!event.node.empty(), event.node)},
          {"incarnation", or_null(!event.incarnation.empty(), event.incarnation.to_string())},
          {"detail", event.detail}};
}

NameCut cut_of_nodes(const std::vector<EventRecord>& events) {
  constexpr std::size_t kNodeColumns = 20;
  std::vector<std::string> names;
  for (const EventRecord& event : events) {
    names.push_back(printable(event.node, 255));
  }
  return {std::move(names), kNodeColumns};
}

// A line, and more if what it says does not fit a terminal.
std::vector<std::string> event_lines(const EventRecord& event, const EventsOptions& options,
                                     const NameCut& name_cut, const Paint& paint) {
  constexpr std::size_t kKindColumns = 10;
  const bool good = event.kind != "stuck" && event.kind != "failing" && event.kind != "silent" &&
                    event.kind != "clone" && event.kind != "quarantine";
  const std::string time = shown_time(event.utc_stamp, options.utc);
  const std::string kind = printable(event.kind, kKindColumns);
  const std::string node =
      options.wide ? printable(event.node, 255) : name_cut(printable(event.node, 255));
  const std::string text = (node.empty() ? "" : node + "  ") + printable(event.detail, 500);
  const std::size_t left = columns_of(time) + 2 + kKindColumns + 2;
  std::vector<std::string> lines{text};
  if (!options.wide) {
    lines = wrap(text, kTerminalColumns - left);
    lines.front().erase(lines.front().find_last_not_of(' ') + 1);
  }
  lines.front().replace(0, node.size(), paint(Tone::strong, node));
  lines.front().insert(
      0, paint(Tone::faint, time) + "  " + (good ? kind : paint(Tone::problem, kind)) +
             std::string(kKindColumns - std::min(kKindColumns, columns_of(kind)), ' ') + "  ");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    lines[i].insert(0, left, ' ');
  }
  return lines;
}

int run_events(Session& session, const EventsOptions& options) {
  EventQuery query;
  query.kind = options.kind ? kind_of(*options.kind) : "";
  query.node = options.node.value_or("");
  query.limit = parse_count("--limit", options.limit);
  if (const Period period = period_of(options.since, std::nullopt, options.utc); period.since) {
    query.since = age_of(*period.since);
  }
  const OpenLog log = session.open(Access::read_only);
  const std::vector<EventRecord> events = log.connection->history().events(query);
  if (options.node) {
    require_known(*log.connection, *options.node, events);
  }
  const NameCut name_cut = cut_of_nodes(events);
  for (const EventRecord& event : events) {
    for (const std::string& line : session.json
                                       ? std::vector{line_of(event_json(event))}
                                       : event_lines(event, options, name_cut, session.paint)) {
      session.put(line);
    }
  }
  if (events.empty()) {
    session.say("nothing of that kind is remembered");
  } else if (events.size() == query.limit) {
    session.say("the newest " + std::to_string(query.limit) + " are listed; see more with --limit");
  }
  return 0;
}

}  // namespace

Command add_events(CLI::App& root) {
  CLI::App* app = root.add_subcommand("events", "Print what has happened to the nodes");
  auto options = std::make_shared<EventsOptions>();
  offer(
      app->add_option("--node", options->node, "Only what happened to this one")->type_name("NAME"),
      {Offer::Kind::nodes});
  offer_words(app->add_option("--kind", options->kind, "Only of this kind")->type_name("KIND"),
              {kEventKinds.begin(), kEventKinds.end()});
  app->add_option("--since", options->since, "Only from then on: 1h, or a time")->type_name("TIME");
  app->add_option("--limit", options->limit, "At most so many (default: the newest 50)")
      ->type_name("N");
  app->add_flag("--utc", options->utc, "Times in UTC, not local");
  app->add_flag("--wide", options->wide, "Whole lines, however long");
  app->footer(
      "Kinds: joined, silent, back, stopped, resync, missed, stuck, failing, well, lead, pruned,\n"
      "quarantine, paused, resumed, clone, migration, action. The newest 10,000 are kept. A node\n"
      "writes what has happened with its next beat; what it can't write is lost, and nothing else "
      "suffers.\n"
      "\n"
      "Examples:\n"
      "  crier events --since 1d\n"
      "  crier events --kind resync\n"
      "  crier events --json");
  return {app, [options](Session& session) { return run_events(session, *options); }};
}

}  // namespace crier::cli
