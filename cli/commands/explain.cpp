// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>
#include <crier/error.hpp>

#include "arguments.hpp"
#include "base/utc_stamp.hpp"
#include "commands/commands.hpp"
#include "explanation.hpp"
#include "fate_print.hpp"
#include "interrupt.hpp"
#include "json.hpp"
#include "log_walk.hpp"
#include "names.hpp"
#include "node_names.hpp"
#include "offer.hpp"
#include "print.hpp"
#include "printable.hpp"
#include "publish.hpp"
#include "table.hpp"
#include "times.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

struct ExplainArguments {
  std::string refresher;
  std::string key;
  std::optional<std::string> node;
  std::string path;
  std::optional<std::string> since;
  std::optional<std::string> until;
  std::string limit = "20";
  bool utc = false;
};

// Columns of a line that fits 80.
constexpr std::size_t kText = kTerminalColumns - 2, kNode = 18, kFate = 13,
                      kDetail = kTerminalColumns - 2 - kNode - 2 - kFate - 2;

std::string in_columns(std::string_view text, std::size_t columns) {
  const std::string shown = cut(text, columns);
  return shown + std::string(columns - columns_of(shown), ' ') + "  ";
}

class Explain {
 public:
  Explain(Session& session, const ExplainArguments& given) : session_(session), given_(given) {
    period_ = period_of(given.since, given.until, given.utc);
    limit_ = parse_count("--limit", given.limit);
  }

  int run() {
    session_.interrupt.catch_signals();
    const OpenLog log = session_.open(Access::read_only);
    names_ = Names::read(*log.connection);
    const Key key = key_of(
        {{"REFRESHER", given_.refresher}, {"KEY", given_.key}, {"--path", given_.path}}, names_);
    if (given_.node) {
      refuse_unknown_node(*given_.node, log.connection->nodes().list());
    }
    const ExplainQuery query{key, period_.since, period_.until, limit_,
                             given_.utc || session_.json};
    const auto explained =
        explain(*log.connection, query, [&] { return !session_.interrupt.requested(); });
    if (!explained) {
      session_.say("interrupted before the log was looked through: nothing is explained");
      return 130;
    }
    if (explained->empty()) {
      refuse_unknown(names_, key.refresher(), "; see crier refreshers");
      session_.say("no entry concerns it: " + extent(*log));
    }
    for (const Explained& one : *explained) {
      session_.json ? put_json(one) : put_text(one);
    }
    if (explained->size() == limit_) {
      session_.say("the newest " + std::to_string(limit_) +
                   " are explained; see more with --limit");
    }
    return 0;
  }

 private:
  [[nodiscard]] bool is_asked(const NodeFate& fate) const {
    return !given_.node || fate.node == *given_.node;
  }

  void put_text(const Explained& one) {
    const Entry& entry = one.concerned.entry;
    const Paint& paint = session_.paint;
    const std::string writer = names_.node_of(entry.originated);
    put_cut(paint(Tone::strong, "entry " + std::to_string(entry.id.value)) + "  " +
            paint(Tone::faint, shown_time(entry.utc_stamp, given_.utc)) + "  from " +
            (writer.empty() ? printable(without_incarnation(entry.originated), 500) : writer));
    for (const Instruction& instruction : one.concerned.instructions) {
      put_cut("  " + instruction_text(instruction, kShort, paint, &names_));
    }
    for (const std::string& problem : one.concerned.problems) {
      for (const std::string& part : wrap("unreadable: " + printable(problem, 500), kText)) {
        session_.put("  " + paint(Tone::problem, part));
      }
    }
    for (const NodeFate& fate : one.nodes) {
      if (is_asked(fate) && (given_.node || has_part(fate))) {
        put_fate(fate);
      }
    }
  }

  // crier show has the whole.
  void put_cut(const std::string& line) const { session_.put(cut_painted(line, kTerminalColumns)); }

  void put_fate(const NodeFate& fate) const {
    const std::string words = in_columns(fate_text(fate.fate), kFate);
    const std::string more =
        fate.failure ? " (see crier failures, " + std::to_string(*fate.failure) + ")" : "";
    std::string line = "  " + in_columns(names_.cut_node(printable(fate.node, 255), kNode), kNode) +
                       session_.paint(tone_of(fate.fate), words);
    for (const std::string& part : wrap(printable(fate.detail, 1000) + more, kDetail)) {
      session_.put(line + part);
      line = std::string(kTerminalColumns - kDetail, ' ');
    }
  }

  void put_json(const Explained& one) const {
    const Entry& entry = one.concerned.entry;
    const std::string writer = names_.node_of(entry.originated);
    Json instructions = Json::array();
    for (const Instruction& instruction : one.concerned.instructions) {
      instructions.push_back(Json::parse(to_json(instruction)));
    }
    Json nodes = Json::array();
    for (const NodeFate& fate : one.nodes) {
      if (is_asked(fate)) {
        nodes.push_back({{"name", fate.node},
                         {"incarnation", fate.incarnation.to_string()},
                         {"state", to_string(fate.state)},
                         {"fate", to_string(fate.fate)},
                         {"after", stamp_json(fate.after)},
                         {"by", stamp_json(fate.by)},
                         {"failure", or_null(fate.failure.has_value(), fate.failure.value_or(0))},
                         {"detail", fate.detail}});
      }
    }
    session_.put(line_of({{"entry", entry.id.value},
                          {"utcStamp", entry.utc_stamp},
                          {"originated", entry.originated},
                          {"writer", or_null(!writer.empty(), writer)},
                          {"instructions", instructions},
                          {"problems", one.concerned.problems},
                          {"nodes", nodes}}));
  }

  static Json stamp_json(const std::optional<std::chrono::milliseconds>& time) {
    return time ? Json(utc_stamp(*time)) : Json();
  }

  Session& session_;
  const ExplainArguments& given_;
  Names names_;
  Period period_;
  std::size_t limit_ = 0;
};

}  // namespace

Command add_explain(CLI::App& root) {
  CLI::App* app =
      root.add_subcommand("explain", "Tell what became of a key, entry by entry, node by node");
  auto options = std::make_shared<ExplainArguments>();
  offer(app->add_option("REFRESHER", options->refresher, "A name (crier refreshers) or a GUID")
            ->required()
            ->type_name(""),
        {Offer::Kind::refreshers});
  app->add_option("KEY", options->key, "An id, a GUID, or a value in the JSON of a payload")
      ->required()
      ->type_name("");
  offer(app->add_option("--node", options->node, "Only on this one, with its earlier starts")
            ->type_name("NAME"),
        {Offer::Kind::nodes});
  app->add_option("--path", options->path,
                  "Where in a payload, or in an item of it: a JSON pointer such as /sku")
      ->type_name("POINTER");
  app->add_option("--since", options->since, "Only from then on: 1h, or a time")->type_name("TIME");
  app->add_option("--until", options->until, "Only up to then")->type_name("TIME");
  app->add_option("--limit", options->limit, "At most so many entries (default: the newest 20)")
      ->type_name("N");
  app->add_flag("--utc", options->utc, "Times in UTC, not local");
  app->footer(
      "Each entry that concerns the key, oldest first, and what became of it on each node:\n"
      "\n"
      "  applied       it was run, or a full refresh of its refresher in its place\n"
      "  given up      it stands in the quarantine\n"
      "  superseded    the node refreshed everything in its place, whether or not it was run\n"
      "  before start  the node began at it or after it\n"
      "  no refresher  the node has no such refresher\n"
      "  not asked     it asks another node for a resync\n"
      "  paused        an operator has the node read no further (crier resume)\n"
      "  not yet       the node had not handled it when it last told\n"
      "  not known     no node has told it\n"
      "\n"
      "A node tells with its beats how far it is: the times are those of the beats, and of each\n"
      "name the newest 2,000 are kept. What concerns every key of the refresher counts, too.\n"
      "Starts that have stopped are left out if they had no part in it, unless --node names them.\n"
      "A time is as in crier list.\n"
      "\n"
      "Examples:\n"
      "  crier explain 7c9e6679-7425-40de-944b-e07fc1f90ae7 42\n"
      "  crier explain 7c9e6679-7425-40de-944b-e07fc1f90ae7 42 --since 1h --utc\n"
      "  crier explain 7c9e6679-7425-40de-944b-e07fc1f90ae7 A-1 --path /sku --json");
  return {app, [options](Session& session) { return Explain(session, *options).run(); }};
}

}  // namespace crier::cli
