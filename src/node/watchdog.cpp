// SPDX-License-Identifier: MIT
#include "node/watchdog.hpp"

#include "base/duration.hpp"
#include "node/core.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace crier {

namespace {

using std::chrono::milliseconds;

milliseconds since(Watchdog::Time then, Watchdog::Time now) {
  return std::chrono::duration_cast<milliseconds>(
      std::max(now - then, Watchdog::Time::duration(0)));
}

}  // namespace

Freshness freshness_of(const Core& core, const Position& position, Watchdog::Time now) {
  const Position::State state = position.state();
  const std::optional<Watchdog::Time> end = position.pause().end();
  std::string paused;
  if (end && now < *end) {
    paused = "paused by " + position.pause().by() + " for " + rough_duration(since(now, *end)) +
             " more: it reads no further";
  }
  return {state.entry(), state.proved_at, since(state.proved_at, now), core.dispatcher.troubles(),
          std::move(paused)};
}

Watchdog::Watchdog(Core& core, const Position& position, Settings settings, Time now)
    : core_(core),
      position_(position),
      settings_(std::move(settings)),
      poller_at_(now),
      keeper_at_(now),
      began_(now) {}

milliseconds Watchdog::period() const {
  milliseconds shortest = std::min(
      {core_.options.refresher_deadline, settings_.poller_deadline, settings_.keeper_deadline});
  for (const RegisteredRefresher& one : core_.registry.all()) {
    if (const milliseconds after = one.when_stale.after; after.count() != 0) {
      shortest = std::min(shortest, after);
    }
  }
  return std::clamp(shortest / 4, milliseconds(1), milliseconds(1000));
}

void Watchdog::step(Time now) {
  watch_poller(now);
  watch_keeper(now);
  watch_caches(now);
}

void Watchdog::watch_poller(Time now) {
  const std::uint64_t poller = settings_.poller();
  const std::string where = core_.dispatcher.running(poller);
  std::string why;
  const auto stuck = core_.dispatcher.find_stuck(core_.options.refresher_deadline);
  if (std::ranges::find(stuck, poller, &RefresherQueues::Stuck::runner) != stuck.end()) {
    why = where + " has not returned for " + duration_text(core_.options.refresher_deadline);
  } else if (where.empty()) {
    const milliseconds silent = since(std::max(position_.state().alive_at, poller_at_.load()), now);
    if (silent >= settings_.poller_deadline) {
      why = "it has not come forward for " + rough_duration(silent) +
            ": a call on the database hangs";
    }
  }
  if (!why.empty()) {
    poller_at_ = now;
    settings_.replace_poller(why);
  }
  // Last: an observer may wait for what the refresher holds.
  core_.dispatcher.tell_stuck(stuck);
}

// Not replaced: other nodes see by the age of its beat that it hangs.
void Watchdog::watch_keeper(Time now) {
  const milliseconds silent = since(keeper_at_.load(), now);
  const bool hangs = silent >= settings_.keeper_deadline;
  if (hangs == keeper_told_) {
    return;
  }
  keeper_told_ = hangs;
  constexpr std::string_view kKeeper = "the keeper's thread";
  if (hangs) {
    core_.reporter.duty_failed(kKeeper, "it has not come forward for " + rough_duration(silent) +
                                            ": a call on the database hangs");
  } else {
    core_.reporter.duty_done(kKeeper);
  }
}

void Watchdog::watch_caches(Time now) {
  const Position::State state = position_.state();
  std::optional<Freshness> freshness;
  for (const RegisteredRefresher& one : core_.registry.all()) {
    const Guid& guid = one.id;
    const milliseconds after = one.when_stale.after;
    if (after.count() == 0) {
      continue;
    }
    if (!freshness) {
      freshness = freshness_of(core_, position_, now);
    }
    // Another one's trouble is none of its own.
    const bool is_well =
        std::ranges::find(freshness->troubles, guid, &RefresherTrouble::refresher) ==
        freshness->troubles.end();
    Time& acted = acted_.try_emplace(guid, began_).first->second;
    const Time proved = std::max(is_well ? state.looked_at : state.proved_at, acted);
    if (now - proved >= after) {
      acted = now;
      core_.dispatcher.act_on_stale(guid, *freshness, state.cursor);
    }
  }
}

}  // namespace crier
