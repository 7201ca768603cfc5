// SPDX-License-Identifier: MIT
#include <crier/admin/cluster.hpp>

#include "arguments.hpp"
#include "base/duration.hpp"
#include "commands/commands.hpp"
#include "interrupt.hpp"
#include "node_answers.hpp"
#include "node_names.hpp"
#include "node_print.hpp"
#include "offer.hpp"
#include "printable.hpp"
#include "user.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

struct ResumeArguments {
  std::optional<std::string> node;
  bool all = false;
  std::optional<std::string> by;
  std::string timeout = "30s";
};

void print(const Session& session, const std::vector<NodeRecord>& reading,
           const std::vector<NodeRecord>& waiting, bool done) {
  if (session.json) {
    session.put(line_of(
        {{"done", done}, {"reading", nodes_json(reading)}, {"waiting", nodes_json(waiting)}}));
  }
  for (const NodeRecord& node : reading) {
    if (!session.json) {
      session.put("node " + who(node) + " reads again; it was at entry " +
                  node.position.to_string());
    }
  }
  for (const NodeRecord& node : waiting) {
    session.say("node " + who(node) + " has not said that it reads again: its last beat was " +
                rough_duration(node.beat_age) + " ago, and it hears of it with the next");
  }
}

int run_resume(Session& session, const ResumeArguments& given) {
  if (given.node.has_value() == given.all) {
    throw usage_error("give the name of a node, or --all");
  }
  const std::chrono::milliseconds timeout = parse_duration("--timeout", given.timeout);
  if (given.by && given.by->empty()) {
    throw usage_error("--by: say who resumes the node");
  }
  const OpenLog log = session.open(Access::read_write);
  NodeDirectory& directory = log.connection->nodes();
  const std::vector<NodeRecord> known = directory.list();
  if (given.node) {
    refuse_unknown_node(*given.node, known);
  }
  std::set<Guid> paused;  // and live: another one hears of nothing
  for (const NodeRecord& node : known) {
    if (is_paused(node) && (given.all || node.name == given.node)) {
      paused.insert(node.incarnation);
    }
  }
  if (directory.resume(given.node.value_or(""), given.by.value_or(user_at_host())) == 0) {
    session.say(given.all ? "no node is paused"
                          : "node " + in_quotes(*given.node) + " is not paused");
    return kNotSo;
  }
  std::vector<NodeRecord> last =
      await_nodes(session, directory, timeout, [&](const std::vector<NodeRecord>& nodes) {
        return std::ranges::none_of(nodes, [&](const NodeRecord& node) {
          return paused.contains(node.incarnation) && node.state == NodeState::live && node.stands;
        });
      });
  std::erase_if(last, [&](const NodeRecord& node) {
    return !paused.contains(node.incarnation) || node.state != NodeState::live;
  });
  std::vector<NodeRecord> reading, waiting;
  for (const NodeRecord& node : last) {
    (node.stands ? waiting : reading).push_back(node);
  }
  const bool done = waiting.empty();
  print(session, reading, waiting, done);
  if (done) {
    return 0;
  }
  return session.interrupt.requested() ? 130 : kNotSo;
}

}  // namespace

Command add_resume(CLI::App& root) {
  CLI::App* app = root.add_subcommand("resume", "Have a paused node read again");
  auto options = std::make_shared<ResumeArguments>();
  offer(app->add_option("NODE", options->node, "The node's name")->type_name(""),
        {Offer::Kind::nodes});
  app->add_flag("--all", options->all, "All that are paused");
  app->add_option("--by", options->by, "Who resumes it, for others to see (default: user@host)")
      ->type_name("TEXT");
  app->add_option("--timeout", options->timeout,
                  "Wait at most so long until it reads, as in 200ms or 1m (default: 30s)")
      ->type_name("DURATION");
  app->footer(
      "Ends what crier pause has begun: the node reads on from where it stands, at once. Exits 0\n"
      "once it has said so, and 3 if it has not in time, or if nothing was paused.\n"
      "\n"
      "Examples:\n"
      "  crier resume web-1\n"
      "  crier resume --all");
  return {app, [options](Session& session) { return run_resume(session, *options); }};
}

}  // namespace crier::cli
