// SPDX-License-Identifier: MIT
#include "refresh/dispatcher.hpp"

#include <crier/freshness.hpp>
#include <crier/registry.hpp>

#include "base/error_of.hpp"
#include "base/reporter.hpp"
#include "refresh/applying.hpp"
#include "refresh/claim.hpp"
#include "refresh/notifier.hpp"
#include "refresh/run.hpp"

#include <utility>

namespace crier {

Dispatcher::Dispatcher(const Registry& registry, Notifier& notifier, Reporter& reporter,
                       Settings settings)
    : registry_(registry),
      notifier_(notifier),
      reporter_(reporter),
      settings_(std::move(settings)),
      queues_(settings_.retry),
      publish_guard_(registry, reporter, now()) {}

void Dispatcher::apply(const Instruction& instruction, std::size_t index, const Source& source,
                       const CallContext& caller, std::span<const LocalCall> local) {
  const Guid& guid = instruction.refresher;
  if (is_reserved(guid) || closed_) {
    return;
  }
  const Applying applying(guid, source.chain);
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
            caller.position_limit, json_to_keep(instruction));
    return;
  }
  if (caller.alone) {
    const std::string error = run(claim, instruction, source, local, nullptr);
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
  const std::string error = run(claim, instruction, source, local, &*call);
  // When it ended matters to what is tried again.
  const RefresherQueues::Ended ended =
      call->end(error, error.empty() ? begun : now(), applying.was_refused());
  report_outcome(ended, {FailureKind::refresher_threw, source, index, guid, {}, error},
                 instruction);
  if (ended.waits && (caller.poller == 0 || ended.was_stuck)) {
    bells()->work();
  }
}

std::string Dispatcher::run(const Claim& claim, const Instruction& instruction,
                            const Source& source, std::span<const LocalCall> local,
                            RefresherQueues::Running* call) {
  std::string error;
  const Time begun = about_now();
  // A refresher may throw from any of its functions, name() among them.
  const std::string around = error_of([&] {
    if (claim.refresher != nullptr) {
      // One instruction may name a million ids: each call of the refresher has the deadline.
      const auto between = [&] {
        if (call != nullptr) {
          call->go_on(about_now());
        }
      };
      error = run_instruction(claim, instruction, source, local, notifier_, closed_, between);
    } else if (instruction.refresher.empty()) {
      registry_.fallback()->refresh_all();
    } else {
      registry_.fallback()->apply(instruction, source);
    }
  });
  reporter_.ran(about_now() - begun);
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

void Dispatcher::refresh(const Guid& refresher, const Source& source, const Cursor& position_limit,
                         bool for_stale) {
  const Claim::Kind kind = claim_of(registry_, refresher).kind;
  if (kind == Claim::Kind::nobody) {
    return;  // a row that can't be read may name anyone
  }
  Waiting full{Instruction::refresh_all(refresher), 0, source.entry, std::string(source.originated),
               position_limit};
  full.chain.assign(source.chain.begin(), source.chain.end());
  full.for_stale = for_stale;
  tell(queues_.refresh(kind == Claim::Kind::fallback ? queue_of_unclaimed(refresher) : refresher,
                       std::move(full), now()));
}

void Dispatcher::refresh_everything(const Source& source, const Cursor& position_limit) {
  for (const RegisteredRefresher& one : registry_.all()) {
    refresh(one.id, source, position_limit);
  }
  if (registry_.fallback() != nullptr) {
    refresh(Guid(), source, position_limit);
  }
}

void Dispatcher::run_due(std::uint64_t poller, const std::stop_token& stop,
                         const std::function<void()>& after_each,
                         const std::function<bool()>& paused) {
  while (!is_idle() && !stop.stop_requested() && !closed_) {
    std::optional<RefresherQueues::Due> due = queues_.take(poller, now(), paused());
    if (!due) {
      return;
    }
    run_job(*due);
    after_each();
  }
}

void Dispatcher::run_job(RefresherQueues::Due& due) {
  const Waiting& waiting = due.job.waiting;
  const Source source{waiting.entry, waiting.originated, waiting.chain};
  RefresherQueues::Ended ended;
  if (due.job.kind == Job::Kind::notice) {
    const std::string error = error_of(due.job.notice);
    if (!error.empty()) {
      reporter_.log(LogLevel::error, "the function for a stale refresher failed: " + error);
    }
    ended = due.call.end({}, now());
    tell(ended.change);
  } else {
    const bool is_full = due.job.kind == Job::Kind::full_refresh;
    const Instruction instruction =
        is_full ? Instruction::refresh_all(due.queue) : waiting.instruction;
    const Claim claim = claim_of(registry_, instruction.refresher, instruction.type);
    const Applying applying(instruction.refresher, source.chain);
    const std::string error = run(claim, instruction, source, {}, &due.call);
    // A GUID that nobody has registered may be made up: it is not refreshed again and again, but
    // the fallback is, as a whole.
    const bool hand_over =
        is_full && !error.empty() && claim.refresher == nullptr && !instruction.refresher.empty();
    if (hand_over) {
      refresh(Guid(), source, waiting.position_limit);
    }
    // What was refused would be refused again.
    const bool passed = hand_over || (is_full && applying.was_refused());
    ended = due.call.end(passed ? std::string() : error, now(), applying.was_refused());
    report_outcome(
        ended,
        {FailureKind::refresher_threw, source, waiting.index, instruction.refresher, {}, error},
        instruction, passed);
  }
  if (ended.waits && ended.was_stuck) {
    bells()->work();
  }
}

std::optional<Cursor> Dispatcher::position_limit(const Guid& refresher) const {
  const std::optional<Cursor> own = queues_.position_limit(refresher);
  if (registry_.find(refresher) != nullptr) {
    return own;
  }
  // What nobody claims may wait in the queue for the rest.
  const std::optional<Cursor> rest = queues_.position_limit(Guid());
  return !own || (rest && rest->id < own->id) ? rest : own;
}

bool Dispatcher::has_applied(const Guid& refresher, EntryId entry,
                             const Position::State& state) const {
  if (state.entry() >= entry) {
    return true;
  }
  if (state.read < entry) {
    return false;
  }
  // Where it stands if it has yet to make up for another log means nothing in this one.
  const std::optional<Cursor> before = position_limit(refresher);
  return !before || (!state.anew && before->id >= entry);
}

bool Dispatcher::is_claimed(const Instruction& instruction) const {
  const Claim::Kind kind = claim_of(registry_, instruction.refresher, instruction.type).kind;
  return kind == Claim::Kind::refresher || kind == Claim::Kind::fallback;
}

ServerMessenger::Standing Dispatcher::standing(const Guid& refresher, EntryId entry,
                                               const Position& position) const {
  const Position::State state = position.state();
  const bool is_other = entry.check != 0 && position.compare(entry) == IdCheck::other;
  const bool waits = position_limit(refresher).has_value();
  return {is_other || has_applied(refresher, entry, state) ||
              (!waits && position.has_applied_ahead(entry)),
          waits ? state.proved_at : state.read_at, now()};
}

std::vector<RefresherQueues::Stuck> Dispatcher::find_stuck(std::chrono::milliseconds deadline,
                                                           std::optional<std::uint64_t> runner) {
  return queues_.find_stuck(deadline, now(), runner);
}

void Dispatcher::act_on_stale(const Guid& refresher, const Freshness& freshness,
                              const Cursor& position_limit) {
  const WhenStale& when = registry_.when_stale(refresher);
  if (when.call) {
    queues_.notice(refresher, [call = when.call, freshness] { call(freshness); });
  } else {
    refresh(refresher, {freshness.applied_through, {}}, position_limit, true);
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

// What nobody claims is told apart by its GUID, which any row may make up: beyond a few that are
// not well the fallback has one queue.
Guid Dispatcher::queue_of_unclaimed(const Guid& refresher) const {
  constexpr std::size_t kMostUnclaimed = 16;
  return queues_.is_crowded(refresher, kMostUnclaimed + registry_.all().size()) ? Guid()
                                                                                : refresher;
}

}  // namespace crier
