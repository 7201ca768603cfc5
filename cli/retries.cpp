// SPDX-License-Identifier: MIT
#include "retries.hpp"

#include <crier/admin/identity.hpp>
#include <crier/admin/resync_request.hpp>
#include <crier/admin/wait.hpp>
#include <crier/codec.hpp>

#include "base/secrets.hpp"
#include "commands/commands.hpp"
#include "json.hpp"
#include "names.hpp"
#include "node_print.hpp"
#include "printable.hpp"
#include "waiting.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

std::string origin_of_tool() { return Identity::of_this_process("crier").originated(); }

// Whether the node puts off a full refresh of `whom`, as it says with its beats: the words are
// crier's own.
bool puts_off(const NodeRecord& node, const std::string& whom) {
  return node.state == NodeState::live &&
         std::ranges::any_of(node.troubles, [&](const std::string& trouble) {
           return trouble.starts_with(whom) && trouble.find(" is stale: ") != std::string::npos;
         });
}

}  // namespace

bool Retries::add(std::int64_t failure) {
  FailureLog& quarantine = log_.connection->failures();
  const std::optional<FailureRecord> record = quarantine.find(failure);
  const std::optional<EntryId> entry = quarantine.retry(failure, origin_of_tool());
  if (!entry) {
    return false;
  }
  if (record) {
    refreshers_.insert(record->refresher);
  }
  entries_.insert(*entry);
  last_ = std::max(last_, *entry);
  session_.put(session_.json
                   ? line_of({{"failure", failure}, {"entry", entry->value}})
                   : "failure " + std::to_string(failure) + " -> entry " + entry->to_string());
  return true;
}

void Retries::hurry() {
  if (refreshers_.empty() || log_->is_umbracos()) {
    return;
  }
  const Names names = Names::read(*log_.connection);
  const std::vector<RefresherRecord> declared = log_.connection->history().refreshers();
  const auto has = [&](const NodeRecord& node, const Guid& refresher) {
    return std::ranges::any_of(declared, [&](const RefresherRecord& one) {
      return one.incarnation == node.incarnation && one.refresher == refresher;
    });
  };
  for (const NodeRecord& node : log_.connection->nodes().list()) {
    bool asks_fallback = false;
    for (const Guid& refresher : refreshers_) {
      if (puts_off(node, "refresher " + refresher.to_string())) {
        ask(node, refresher, names.of(refresher));
      }
      // It takes what the node has no refresher for.
      asks_fallback = asks_fallback || (puts_off(node, "the fallback") && !has(node, refresher));
    }
    if (asks_fallback) {
      ask(node, Guid(), "its fallback");
    }
  }
}

void Retries::ask(const NodeRecord& node, const Guid& refresher, const std::string& name) {
  const Instruction request = to_instruction({node.name, refresher});
  last_ = log_->append(make_entries({&request, 1}, origin_of_tool(), EntryLimits()));
  session_.say("node " + who(node) + " puts off the full refresh of " + name +
               ", which has failed: it is asked to try now, by entry " + last_.to_string());
}

int Retries::wait(std::chrono::milliseconds timeout) {
  WaitOptions options;
  options.timeout = timeout;
  int code = wait_for(session_, log_, last_, options);
  for (const FailureRecord& failure : log_.connection->failures().list()) {
    if (entries_.contains(failure.entry)) {
      session_.say("entry " + failure.entry.to_string() + " failed again on node " +
                   printable(failure.node, 255) + ", which has given it up (failure " +
                   std::to_string(failure.id) +
                   "): " + printable(without_secrets(failure.error), 500));
      code = code == 0 ? kNotSo : code;
    }
  }
  return code;
}

}  // namespace crier::cli
