// SPDX-License-Identifier: MIT
#include <crier/admin/history.hpp>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "json.hpp"
#include "nearest.hpp"
#include "offer.hpp"
#include "printable.hpp"
#include "times.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

struct EventsOptions {
  std::optional<std::string> node;
  std::optional<std::string> kind;
  std::optional<std::string> since;
  std::string limit = "50";
  bool utc = false;
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

std::string line_of_event(const EventRecord& event, bool utc, const Paint& paint) {
  constexpr std::size_t kKind = 10;
  const bool good = event.kind != "stuck" && event.kind != "failing" && event.kind != "silent" &&
                    event.kind != "clone" && event.kind != "quarantine";
  const std::string kind = printable(event.kind, kKind);
  return paint(Tone::faint, shown_time(event.utc_stamp, utc)) + "  " +
         (good ? kind : paint(Tone::problem, kind)) +
         std::string(kKind - std::min(kKind, kind.size()), ' ') + "  " +
         (event.node.empty() ? "" : paint(Tone::strong, printable(event.node, 255)) + "  ") +
         printable(event.detail, 500);
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
  for (const EventRecord& event : events) {
    session.put(session.json ? line_of({{"id", event.id},
                                        {"utcStamp", event.utc_stamp},
                                        {"kind", event.kind},
                                        {"node", or_null(!event.node.empty(), event.node)},
                                        {"incarnation", or_null(!event.incarnation.empty(),
                                                                event.incarnation.to_string())},
                                        {"detail", event.detail}})
                             : line_of_event(event, options.utc, session.paint));
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
  offer(app->add_option("--node", options->node, "Only to this one")->type_name("NAME"),
        {Offer::Kind::nodes});
  offer_words(app->add_option("--kind", options->kind, "Only of this kind")->type_name("KIND"),
              {kEventKinds.begin(), kEventKinds.end()});
  app->add_option("--since", options->since, "Only from then on: 1h, or a time")->type_name("TIME");
  app->add_option("--limit", options->limit, "At most so many (default: the newest 50)")
      ->type_name("N");
  app->add_flag("--utc", options->utc, "Times in UTC, not local");
  app->footer(
      "Kinds: joined, silent, back, stopped, resync, missed, stuck, failing, well, lead, pruned,\n"
      "quarantine, paused, resumed, clone, migration, action. The newest 10,000 are kept. A node\n"
      "writes what has happened with its next beat; what it can't write is lost, and hurts\n"
      "nothing else.\n"
      "\n"
      "Examples:\n"
      "  crier events --since 1d\n"
      "  crier events --kind resync\n"
      "  crier events --json");
  return {app, [options](Session& session) { return run_events(session, *options); }};
}

}  // namespace crier::cli
