// SPDX-License-Identifier: MIT
#include "facts.hpp"

#include <crier/admin/wait.hpp>
#include <crier/error.hpp>

#include "session.hpp"

#include <algorithm>
#include <thread>

namespace crier::cli {

namespace {

// Entries that wait for their ids have got them by then, if anybody gives them.
constexpr std::chrono::milliseconds kFaultPatience{1'500};
// A node that is asked where it stands answers within milliseconds, unless its refreshers run.
constexpr std::chrono::milliseconds kAnswerPatience{1'000};

void read(Connection& connection, Facts& facts) {
  facts.nodes = connection.nodes().list();  // before the log, which goes on: none stands beyond it
  facts.bounds = connection.log().bounds();
  facts.pruned_through = connection.log().pruned_through();
  facts.lease = connection.leases().holder();
  facts.canary = connection.nodes().canary();
  facts.clones = connection.history().events({.kind = "clone", .limit = History::kMaxEvents});
  facts.failures = connection.failures().list().size();
  facts.journal = connection.schema().journal_bytes();
}

// By what it said last.
bool seems_behind(const NodeRecord& node, const Limits& limits) {
  return node.state == NodeState::live && node.paused_for.count() == 0 &&
         (node.lag > limits.max_lag || node.behind > limits.max_behind);
}

// Of a log without its counter nothing else can be told: to crier it counts as altered.
bool has_lost_counter(Connection& connection, Facts& facts) {
  try {
    facts.log_faults = connection.log().faults();
  } catch (const Error&) {  // of tables that are altered in another way
    return false;
  }
  std::erase_if(facts.log_faults,
                [](const LogFault& fault) { return fault.code != "counter-lost"; });
  return !facts.log_faults.empty();
}

// Asking takes writing: who may only read goes by the last beats.
bool ask(Store& store, EntryId newest) {
  try {
    const auto connection = store.connect(Access::read_write);
    WaitOptions options;
    options.timeout = kAnswerPatience;
    return wait_everywhere(*connection, newest, options).trouble.empty();
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::vector<const NodeRecord*> canary_witnesses(const Facts& facts) {
  std::vector<const NodeRecord*> nodes;
  for (const NodeRecord& node : facts.nodes) {
    if (node.state == NodeState::live && node.uptime + node.beat_age > facts.canary->age) {
      nodes.push_back(&node);
    }
  }
  return nodes;
}

std::chrono::milliseconds known_behind(const NodeRecord& node, bool asked) {
  return asked ? node.behind : std::max(node.behind - node.beat_age, std::chrono::milliseconds(0));
}

void examine_log(Store& store, Connection& connection, const Limits& limits, Facts& facts,
                 bool may_ask) {
  facts.log_faults = connection.log().faults();
  if (!facts.log_faults.empty()) {
    std::this_thread::sleep_for(kFaultPatience);
    facts.log_faults = connection.log().faults();
  }
  read(connection, facts);
  const bool any_behind = may_ask && std::ranges::any_of(facts.nodes, [&](const NodeRecord& node) {
                            return seems_behind(node, limits);
                          });
  if (any_behind && facts.bounds) {
    facts.asked = ask(store, facts.bounds->newest);
    read(connection, facts);
  }
}

Facts examine(const Session& session, const Limits& limits) {
  const auto store = open_store(session.require_store());
  const auto connection = store->connect(Access::read_only);
  Facts facts;
  facts.store = store->name();
  facts.schema = connection->schema().status();
  if (facts.schema.state == SchemaState::older) {
    return facts;
  }
  if (facts.schema.state == SchemaState::altered && has_lost_counter(*connection, facts)) {
    return facts;
  }
  if (!facts.are_known()) {
    throw Error("look", facts.schema.advice);
  }
  examine_log(*store, *connection, limits, facts);
  return facts;
}

}  // namespace crier::cli
