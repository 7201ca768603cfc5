// SPDX-License-Identifier: MIT
#include "retries.hpp"

#include <crier/admin/identity.hpp>
#include <crier/admin/wait.hpp>

#include "action_note.hpp"
#include "base/secrets.hpp"
#include "commands/commands.hpp"
#include "json.hpp"
#include "node_print.hpp"
#include "printable.hpp"
#include "put_off_refresh.hpp"
#include "waiting.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

std::string origin_of_tool() { return Identity::of_this_process("crier").originated(); }

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
  note_action(session_, *log_.connection,
              "retried failure " + std::to_string(failure) + " by entry " + entry->to_string(),
              record ? record->node : "");
  entries_.insert(*entry);
  last_ = std::max(last_, *entry);
  session_.put(session_.json
                   ? line_of({{"failure", failure}, {"entry", entry->value}})
                   : "failure " + std::to_string(failure) + " -> entry " + entry->to_string());
  return true;
}

void Retries::hurry() {
  for (const PutOffRefresh& refresh : put_off_refreshes(*log_.connection, refreshers_)) {
    last_ = ask_to_try_now(*log_, refresh, origin_of_tool());
    session_.say("node " + who(refresh.node) + " puts off the full refresh of " + refresh.name +
                 ", which has failed: it is asked to try now, by entry " + last_.to_string());
  }
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
