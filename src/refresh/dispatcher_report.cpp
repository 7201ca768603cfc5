// SPDX-License-Identifier: MIT
// What a dispatcher tells of what has become of instructions.
#include <crier/codec.hpp>
#include <crier/registry.hpp>

#include "base/error_of.hpp"
#include "base/reporter.hpp"
#include "refresh/claim.hpp"
#include "refresh/dispatcher.hpp"

#include <utility>

namespace crier {

namespace {

// What a failure is named after if nobody has registered for it.
constexpr std::string_view kFallback = "fallback";

}  // namespace

void Dispatcher::report_outcome(const RefresherQueues::Ended& ended, const Failure& with,
                                const Instruction& instruction, bool passed) {
  if (closed_) {
    return;
  }
  if (with.what.empty()) {
    if (!instruction.refresher.empty()) {  // the fallback's own full refresh is no instruction
      reporter_.applied(instruction, with.source);
    }
  } else {
    const std::string name = name_of(with.refresher);
    Failure failure = with;
    failure.name = name;
    failure.attempts = ended.attempts;
    if (ended.outcome == RefresherQueue::Outcome::given_up) {
      reporter_.failed(failure);
      quarantine(failure, instruction.count(), json_to_keep(instruction));
    } else if (passed) {
      reporter_.failed(failure);
    } else {
      reporter_.retrying(failure);
    }
  }
  tell(ended.change);
}

void Dispatcher::quarantine(const Failure& failure, std::int64_t count, std::string json) {
  FailureRecord record;
  record.kind = failure.kind;
  record.entry = failure.source.entry;
  record.index = failure.index;
  record.originated = failure.source.originated;
  record.refresher = failure.refresher;
  record.name = failure.name;
  record.attempts = failure.attempts;
  record.error = failure.what;
  record.instruction_count = count;
  record.json_instruction = std::move(json);
  if (settings_.records_failures) {
    quarantine_.put(std::move(record));
    bells()->given_up();
  }
}

std::string Dispatcher::json_to_keep(const Instruction& instruction) {
  constexpr std::size_t kMaxBytes = 16 * 1024 * 1024;
  std::string json;
  if (instruction.payload.size() <= kMaxBytes) {
    static_cast<void>(error_of([&] { json = encode({&instruction, 1}); }));
  }
  return json.size() <= kMaxBytes ? json : std::string();
}

void Dispatcher::tell_stuck(const std::vector<RefresherQueues::Stuck>& found) {
  for (const RefresherQueues::Stuck& stuck : found) {
    reporter_.stuck();
    tell(stuck.change);
  }
}

std::string Dispatcher::running(std::uint64_t poller) const {
  const auto call = queues_.running(poller);
  if (!call) {
    return {};
  }
  const auto& [guid, entry] = *call;
  return "refresher " + guid.to_string() + " (" + name_of(guid) + ") at entry " + entry.to_string();
}

std::vector<RefresherTrouble> Dispatcher::troubles() const {
  std::vector<RefresherTrouble> troubles = queues_.troubles();
  for (RefresherTrouble& trouble : troubles) {
    trouble.name = name_of(trouble.refresher);
  }
  return troubles;
}

void Dispatcher::tell(std::optional<RefresherTrouble> change) {
  if (change && !closed_) {
    change->name = name_of(change->refresher);
    reporter_.refresher_changed(*change);
  }
}

std::string Dispatcher::name_of(const Guid& refresher) const {
  const bool is_fallback = claim_of(registry_, refresher).kind == Claim::Kind::fallback;
  return std::string(is_fallback ? kFallback : registry_.name_of(refresher));
}

}  // namespace crier
