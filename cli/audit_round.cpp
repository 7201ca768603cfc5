// SPDX-License-Identifier: MIT
#include "audit_round.hpp"

#include <crier/admin/wait.hpp>
#include <crier/error.hpp>

#include "interrupt.hpp"
#include "publish.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace crier::cli {

namespace {

// Most nodes answer before they tell how far they are; one that a refresher holds up tells it late.
WaitResult wait_for_answers(const Session& session, Connection& connection, EntryId entry,
                            const std::string& node, std::chrono::milliseconds timeout) {
  WaitOptions options;
  options.timeout = timeout;
  options.name = node;
  options.on_look = [&](const WaitResult& look) {
    const auto has_answered = [&](const NodeRecord& one) {
      return connection.audit().has_answered(entry, one.incarnation);
    };
    return !session.interrupt.requested() && !std::ranges::all_of(look.waiting, has_answered);
  };
  return wait_everywhere(connection, entry, options);
}

void forget(const Session& session, Connection& connection, EntryId entry) {
  try {
    connection.audit().forget(entry);
  } catch (const Error& error) {
    session.say(std::string("the answers are left for the leader to delete: ") + error.what());
  }
}

}  // namespace

AuditRound ask(const Session& session, const OpenLog& log, const AuditRequest& request,
               std::chrono::milliseconds timeout) {
  const Instruction instruction = instruction_of(request);
  const EntryId entry = append(*log, {&instruction, 1}).back();
  WaitResult looked = wait_for_answers(session, *log.connection, entry, request.node, timeout);
  std::vector<AuditRecord> records = log.connection->audit().answers(entry);
  forget(session, *log.connection, entry);

  AuditRound round;
  std::map<Guid, AnsweringNode> nodes;
  std::map<Guid, bool> whole;
  for (AuditRecord& record : records) {
    AnsweringNode& node = nodes[record.incarnation];
    node.name = record.node;
    node.incarnation = record.incarnation;
    if (record.cache.empty()) {
      whole[record.incarnation] = true;
    } else if (record.key.empty()) {
      node.caches.push_back(record.cache);
    } else {
      round.held.push_back(std::move(record));
    }
  }
  std::erase_if(round.held,
                [&](const AuditRecord& record) { return !whole.contains(record.incarnation); });
  for (auto& [incarnation, node] : nodes) {
    if (whole.contains(incarnation)) {
      round.answered.push_back(std::move(node));
    }
  }
  const auto add = [&](std::vector<NodeRecord>& from, std::vector<NodeRecord>& to) {
    std::ranges::copy_if(from, std::back_inserter(to),
                         [&](const NodeRecord& node) { return !whole.contains(node.incarnation); });
  };
  add(looked.reached, round.passed);
  add(looked.waiting, round.silent);
  add(looked.lost, round.silent);
  return round;
}

}  // namespace crier::cli
