// SPDX-License-Identifier: MIT
#include "refresh/dispatcher.hpp"

#include <crier/codec.hpp>
#include <crier/freshness.hpp>
#include <crier/registry.hpp>

#include "base/error_of.hpp"
#include "base/reporter.hpp"
#include "refresh/claim.hpp"
#include "refresh/notifier.hpp"
#include "refresh/run.hpp"

#include <utility>

namespace crier {

namespace {

// What a failure is named after if nobody has registered for it.
constexpr std::string_view kFallback = "fallback";

}  // namespace

Dispatcher::Dispatcher(const Registry& registry, Notifier& notifier, Reporter& reporter,
                       Settings settings)
    : registry_(registry),
      notifier_(notifier),
      reporter_(reporter),
      settings_(std::move(settings)),
      queues_(settings_.retry) {}

[[gnu::hot]] void Dispatcher::apply(const Instruction& instruction, std::size_t index,
                                    const Source& source, const CallContext& caller,
                                    std::span<const LocalCall> local) {
  const Guid& guid = instruction.refresher;
  if (guid == kCanary || closed_) {
    return;
  }
  const Claim claim = claim_of(registry_, guid, instruction.type);
  if (claim.kind == Claim::Kind::nobody) {
    reporter_.failed({FailureKind::unknown_refresher,
                      source,
                      index,
                      guid,
                      {},
                      "no refresher here bears this GUID"});
    return;
  }
  if (claim.kind == Claim::Kind::takes_no_json) {
    const std::string name = name_of(guid);
    give_up({FailureKind::wrong_kind, source, index, guid, name, kTakesNoJson},
            caller.position_limit, encode({&instruction, 1}));
    return;
  }
  if (caller.alone) {
    const std::string error = run(claim, instruction, source, local);
    if (error.empty()) {
      reporter_.applied(instruction, source);
    } else {
      const std::string name = name_of(guid);
      reporter_.failed({FailureKind::refresher_threw, source, index, guid, name, error});
    }
    return;
  }
  const Time begun = about_now();
  std::optional<RefresherQueues::Running> call =
      queues_.begin(claim.refresher == nullptr ? queue_of_unclaimed(guid) : guid, instruction,
                    index, source, caller.position_limit, caller.poller, begun);
  const bool may_run = !caller.may_run || caller.may_run();
  if (call && !may_run) {
    call->cancel(begun);
  }
  if (!call || !may_run) {
    return;
  }
  const std::string error = run(claim, instruction, source, local);
  // When it ended matters to what is tried again.
  const RefresherQueues::Ended ended = call->end(error, error.empty() ? begun : now());
  report_outcome(ended, {FailureKind::refresher_threw, source, index, guid, {}, error},
                 instruction);
  if (ended.waits && (caller.poller == 0 || ended.was_stuck)) {
    bells()->work();
  }
}

[[gnu::hot]] std::string Dispatcher::run(const Claim& claim, const Instruction& instruction,
                                         const Source& source, std::span<const LocalCall> local) {
  std::string error;
  // A refresher may throw from any of its functions, name() among them.
  const std::string around = error_of([&] {
    if (claim.refresher != nullptr) {
      error = run_instruction(claim, instruction, source, local, notifier_, closed_);
    } else if (instruction.refresher.empty()) {
      registry_.fallback()->refresh_all();
    } else {
      registry_.fallback()->apply(instruction, source);
    }
  });
  return around.empty() ? error : around;
}

void Dispatcher::give_up(const Failure& failure, const Cursor& position_limit, std::string json) {
  // Told last: an observer that hangs in it holds up nothing.
  if (!failure.refresher.empty()) {
    refresh(failure.refresher, failure.source, position_limit);
  }
  quarantine(failure, 1, std::move(json));
  reporter_.failed(failure);
}

void Dispatcher::refresh(const Guid& refresher, const Source& source,
                         const Cursor& position_limit) {
  if (claim_of(registry_, refresher).kind == Claim::Kind::nobody) {
    return;  // a row that can't be read may name anyone
  }
  tell(queues_.refresh(refresher,
                       {Instruction::refresh_all(refresher), 0, source.entry,
                        std::string(source.originated), position_limit},
                       now()));
}

void Dispatcher::refresh_everything(const Source& source, const Cursor& position_limit) {
  for (const RegisteredRefresher& one : registry_.all()) {
    refresh(one.id, source, position_limit);
  }
  if (registry_.fallback() != nullptr) {
    refresh(Guid(), source, position_limit);
  }
}

[[gnu::hot]] void Dispatcher::run_due(std::uint64_t poller, const std::stop_token& stop,
                                      const std::function<void()>& after_each) {
  while (!is_idle() && !stop.stop_requested() && !closed_) {
    std::optional<RefresherQueues::Due> due = queues_.take(poller, now());
    if (!due) {
      return;
    }
    run_job(*due);
    after_each();
  }
}

void Dispatcher::run_job(RefresherQueues::Due& due) {
  const Waiting& waiting = due.job.waiting;
  const Source source{waiting.entry, waiting.originated};
  RefresherQueues::Ended ended;
  if (due.job.kind == Job::Kind::notice) {
    const std::string error = error_of(due.job.notice);
    if (!error.empty()) {
      reporter_.log(LogLevel::error, "the callback of a stale refresher failed: " + error);
    }
    ended = due.call.end({}, now());
    tell(ended.change);
  } else {
    const bool is_full = due.job.kind == Job::Kind::full_refresh;
    const Instruction instruction =
        is_full ? Instruction::refresh_all(due.queue) : waiting.instruction;
    const std::string error =
        run(claim_of(registry_, instruction.refresher, instruction.type), instruction, source, {});
    ended = due.call.end(error, now());
    report_outcome(
        ended,
        {FailureKind::refresher_threw, source, waiting.index, instruction.refresher, {}, error},
        instruction);
  }
  if (ended.waits && ended.was_stuck) {
    bells()->work();
  }
}

void Dispatcher::report_outcome(const RefresherQueues::Ended& ended, const Failure& with,
                                const Instruction& instruction) {
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
      quarantine(failure, instruction.count(), encode({&instruction, 1}));
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

std::vector<RefresherQueues::Stuck> Dispatcher::find_stuck(std::chrono::milliseconds deadline,
                                                           std::optional<std::uint64_t> runner) {
  return queues_.find_stuck(deadline, now(), runner);
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

void Dispatcher::act_on_stale(const Guid& refresher, const Freshness& freshness,
                              const Cursor& position_limit) {
  const WhenStale& when = registry_.when_stale(refresher);
  if (when.call) {
    queues_.notice(refresher, [call = when.call, freshness] { call(freshness); });
  } else {
    refresh(refresher, {freshness.applied_through, {}}, position_limit);
  }
  bells()->work();
}

void Dispatcher::connect(Bells bells) {
  const std::lock_guard lock(mutex_);
  bells_ = std::make_shared<const Bells>(std::move(bells));
}

std::shared_ptr<const Dispatcher::Bells> Dispatcher::bells() const {
  const std::lock_guard lock(mutex_);
  return bells_;
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

// What nobody claims is told apart by its GUID, which any row may make up: beyond a few that are
// not well the fallback has one queue.
Guid Dispatcher::queue_of_unclaimed(const Guid& refresher) const {
  constexpr std::size_t kMostUnclaimed = 16;
  return queues_.is_crowded(refresher, kMostUnclaimed + registry_.all().size()) ? Guid()
                                                                                : refresher;
}

}  // namespace crier
