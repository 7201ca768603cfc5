// SPDX-License-Identifier: MIT
#include "node/applied_wait.hpp"

#include <crier/admin/log.hpp>

#include "refresh/dispatcher.hpp"

#include <algorithm>

namespace crier {

namespace {

bool is_applied(EntryId entry, const std::vector<Guid>& refreshers, const Position::State& state,
                const Dispatcher& dispatcher) {
  if (refreshers.empty()) {
    return state.entry() >= entry;
  }
  return std::ranges::all_of(refreshers, [&](const Guid& refresher) {
    return dispatcher.has_applied(refresher, entry, state);
  });
}

}  // namespace

std::string_view to_string(WaitEnd end) noexcept {
  switch (end) {
    case WaitEnd::applied:
      return "applied";
    case WaitEnd::timed_out:
      return "time is up";
    case WaitEnd::stopped:
      return "the node was stopped, or does not run";
    case WaitEnd::not_in_log:
      return "the log holds another entry of that id: it was restored, or is another log";
    case WaitEnd::beyond_newest:
      break;
  }
  return "the log holds no entry of that id yet";
}

Standing standing_of(InstructionLog& log, EntryId entry) {
  const Heads heads = log.heads(entry);
  if (heads.here) {
    const bool is_it = entry.check == 0 || entry.with(heads.here->fingerprint).check == entry.check;
    return is_it ? Standing::there : Standing::other;
  }
  if (heads.next) {
    return Standing::there;
  }
  // On a standby it may be yet to come.
  return log.read_after(log.newest().id, {.entries = 1, .bytes = 1}).may_lag ? Standing::unsure
                                                                             : Standing::beyond;
}

std::optional<WaitEnd> AppliedWait::step(const WaitSources& sources, Time now) {
  const bool is_closed = sources.position.is_closed();  // first: then the state is the last
  const Position::State state = sources.position.state();
  if (confirmed_ != state.resets) {
    confirmed_.reset();
    const IdCheck check = entry_.check == 0 ? IdCheck::unknown : sources.position.compare(entry_);
    if (check == IdCheck::other) {
      return WaitEnd::not_in_log;
    }
    if (check == IdCheck::same) {
      confirmed_ = state.resets;
    }
  }
  const bool applied = is_applied(entry_, refreshers_, state, sources.dispatcher);
  if (applied && (confirmed_ || entry_.check == 0)) {
    return WaitEnd::applied;
  }
  if (is_closed) {
    return WaitEnd::stopped;
  }
  if (state.is_ahead && !applied && !has_hurried_) {
    has_hurried_ = true;
    sources.hurry();
  }
  if (!confirmed_ && (now >= next_look_ || (applied && !has_looked_))) {
    has_looked_ = true;
    next_look_ = now + kPatience;
    sources.ring();
    switch (sources.look(entry_, std::chrono::ceil<std::chrono::milliseconds>(deadline_ - now))) {
      case Standing::other:
        return WaitEnd::not_in_log;
      case Standing::beyond:
        return WaitEnd::beyond_newest;
      case Standing::there:
        confirmed_ = state.resets;
        if (applied) {
          return WaitEnd::applied;
        }
        break;
      case Standing::unsure:
        break;
    }
  }
  if (now < deadline_) {
    return std::nullopt;
  }
  if (!has_looked_ && !has_hurried_) {
    sources.ring();  // who asks again has it applied then
  }
  return WaitEnd::timed_out;
}

}  // namespace crier
