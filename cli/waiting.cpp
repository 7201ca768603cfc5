// SPDX-License-Identifier: MIT
#include "waiting.hpp"

#include "base/duration.hpp"
#include "commands/commands.hpp"
#include "interrupt.hpp"
#include "json.hpp"
#include "node_print.hpp"
#include "printable.hpp"
#include "progress.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

constexpr std::chrono::milliseconds kRedraw{100};

std::vector<NodeRecord> stale_nodes(NodeDirectory& directory, const std::string& name) {
  std::vector<NodeRecord> nodes = directory.list();
  std::erase_if(nodes, [&](const NodeRecord& node) {
    return node.state != NodeState::stale || (!name.empty() && node.name != name);
  });
  return nodes;
}

// Of `stale`, those that did not come back as the wait began.
void say_not_waited_for(const Session& session, const std::vector<NodeRecord>& stale,
                        const WaitResult& result) {
  const auto in = [](const std::vector<NodeRecord>& nodes, const NodeRecord& node) {
    return std::ranges::find(nodes, node.incarnation, &NodeRecord::incarnation) != nodes.end();
  };
  for (const NodeRecord& node : stale) {
    if (!in(result.reached, node) && !in(result.waiting, node) && !in(result.lost, node)) {
      session.say("not waited for: node " + who(node) + " is stale, its last beat was " +
                  rough_duration(node.beat_age) + " ago");
    }
  }
}

// Says why there is nobody to wait for, beside those that are stale.
void say_nobody(const Session& session, NodeDirectory& directory, const std::string& name) {
  if (name.empty()) {
    session.say("no node is live: there is nobody to wait for");
    return;
  }
  bool known = false;
  for (const NodeRecord& node : directory.list()) {
    if (node.name != name) {
      continue;
    }
    known = true;
    if (node.state != NodeState::stale) {
      session.say("node " + who(node) + " is " + std::string(to_string(node.state)) +
                  ", at entry " + node.position.to_string() + "; its last beat was " +
                  rough_duration(node.beat_age) + " ago");
    }
  }
  if (!known) {
    session.say("no node of the name " + in_quotes(name) + " is remembered");
  }
}

void say_not_there(const Session& session, InstructionLog& log, EntryId entry, WaitEnd end) {
  session.say(end == WaitEnd::beyond_newest
                  ? "entry " + entry.to_string() + " is not there yet: the newest is " +
                        log.newest().id.to_string()
                  : "entry " + entry.to_string() +
                        " is not in this log, which holds another one of that id: it is of another "
                        "log, or this one was restored");
}

WaitResult wait(const Session& session, Connection& connection, EntryId entry,
                WaitOptions options) {
  std::optional<Progress> progress;
  if (session.progress) {
    progress.emplace(session.streams.err);
  }
  std::chrono::steady_clock::time_point shown_at;
  options.on_look = [&](const WaitResult& result) {
    // There are more looks than eyes can follow.
    if (const auto now = std::chrono::steady_clock::now(); progress && now - shown_at > kRedraw) {
      progress->show(progress_lines(result, entry));
      shown_at = now;
    }
    return !session.interrupt.requested();
  };
  return wait_everywhere(connection, entry, options);
}

void print(const Session& session, EntryId entry, const WaitResult& result, bool done) {
  if (session.json) {
    session.put(line_of({{"entry", entry.value},
                         {"done", done},
                         {"reached", nodes_json(result.reached)},
                         {"waiting", nodes_json(result.waiting)},
                         {"lost", nodes_json(result.lost)},
                         {"trouble", or_null(!result.trouble.empty(), result.trouble)}}));
  } else if (done) {
    const std::size_t nodes = result.reached.size();
    session.put("entry " + entry.to_string() + ": " + std::to_string(nodes) +
                (nodes == 1 ? " node has it" : " nodes have it"));
  }
  for (const NodeRecord& node : result.waiting) {
    session.say("node " + who(node) + " has not handled entry " + entry.to_string() +
                ": it is at entry " + node.position.to_string() + ", and its last beat was " +
                rough_duration(node.beat_age) + " ago" +
                (node.paused_for.count() > 0
                     ? "; it is " + pause_text(node) + ": " + resume_command(node.name)
                     : ""));
  }
  for (const NodeRecord& node : result.lost) {
    session.say("node " + who(node) + " no longer counts: it is " +
                std::string(to_string(node.state)) + ", at entry " + node.position.to_string());
  }
  if (!result.waiting.empty() && !result.trouble.empty()) {
    session.say("the nodes could not be asked, and answer with their next beats: " +
                result.trouble);
  }
}

}  // namespace

int wait_for(Session& session, const OpenLog& log, EntryId entry, WaitOptions options) {
  session.interrupt.catch_signals();
  NodeDirectory& nodes = log.connection->nodes();
  const std::vector<NodeRecord> stale = stale_nodes(nodes, options.name);
  const WaitResult result = wait(session, *log.connection, entry, options);
  // A script must not take it for done if nobody is left.
  const bool done = result && !result.reached.empty();
  print(session, entry, result, done);
  say_not_waited_for(session, stale, result);
  if (result.end == WaitEnd::not_in_log || result.end == WaitEnd::beyond_newest) {
    say_not_there(session, *log, entry, result.end);
    return kNotSo;
  }
  if (done) {
    return 0;
  }
  if (result.waiting.empty() && result.lost.empty()) {
    say_nobody(session, nodes, options.name);
    return kNotSo;
  }
  return session.interrupt.requested() ? 130 : kNotSo;
}

}  // namespace crier::cli
