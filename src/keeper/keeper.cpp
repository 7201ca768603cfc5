// SPDX-License-Identifier: MIT
#include "keeper/keeper.hpp"

#include <crier/codec.hpp>

#include "base/error_of.hpp"
#include "base/reporter.hpp"
#include "refresh/dispatcher.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace crier {

namespace {

// For each of the last calls.
constexpr std::chrono::milliseconds kFarewell{500};

}  // namespace

Keeper::Keeper(Store& store, Reporter& reporter, const Position& position, Dispatcher& dispatcher,
               Settings settings)
    : store_(store),
      reporter_(reporter),
      dispatcher_(dispatcher),
      settings_(settings),
      heartbeat_(reporter, position, dispatcher, settings.node, settings.stalled_after),
      leadership_(reporter, settings.node.incarnation, settings.fixed_role,
                  settings.lease_duration),
      pruner_(reporter, settings.pruning),
      kept_position_(reporter, position, settings.node, settings.keep_position,
                     {settings.position_file, store.name(), settings.node.name}) {}

Connection& Keeper::connection() {
  if (connection_ == nullptr) {
    connection_ = store_.connect(Access::read_write);
  }
  return *connection_;
}

bool Keeper::tick(Time now) {
  const Role before = role(now);
  const bool kept = kept_position_.is_kept();
  const Surroundings around = heartbeat_.beat(connection(), before, kept, now);
  leadership_.hold(connection().leases(), around.alone, now);
  // A machine that was suspended, a clock that jumped, a database that was locked: all look stale
  // until they have had the time to beat again. What is shorter, `patience` makes up for.
  if (2 * around.gap > 3 * settings_.node.interval) {
    leadership_.look_anew(now);
  }
  if (role(now) != before) {
    heartbeat_.beat(connection(), role(now), kept, now);
  }
  // Before the position, which has passed what was given up.
  record_failures();
  kept_position_.save_to(connection().nodes());
  const auto fence = leadership_.fence();
  if (!fence) {
    return false;
  }
  if (connection().log().assign_pending_ids()) {
    store_.wakeup().ring();
  }
  send_canary(*fence, now);
  return pruner_.step(connection(), *fence, leadership_.watches_since(), now);
}

void Keeper::record_failures() {
  dispatcher_.quarantine().flush([this](std::vector<FailureRecord> failures) {
    for (FailureRecord& failure : failures) {
      failure.node = settings_.node.name;
      failure.incarnation = settings_.node.incarnation;
    }
    connection().failures().record(failures);
  });
}

void Keeper::send_canary(const Fence& fence, Time now) {
  const std::chrono::milliseconds interval = settings_.canary_interval;
  // Half of it there: clocks differ, and only another leader's canary is to be minded.
  if (interval.count() != 0 &&
      now - std::max(canary_at_, leadership_.watches_since()) >= interval) {
    connection().nodes().send_canary(make_canary(settings_.originated), interval / 2, fence);
    canary_at_ = now;
  }
}

bool Keeper::step(Time now, Wakeup& again) noexcept {
  try {
    return try_step(now, again);
  } catch (...) {  // no memory is left to say it
    connection_.reset();
    return false;
  }
}

bool Keeper::try_step(Time now, Wakeup& again) {
  // The file first and by itself: it is there for nodes whose database can't be written.
  const std::string file_trouble = error_of([&] { kept_position_.save_to_file(); });
  const std::string trouble = error_of([&] {
    if (!settings_.read_only && tick(now)) {
      again.ring();
    }
  });
  if (!trouble.empty()) {
    connection_.reset();
    leadership_.lapse(now);
  }
  if (trouble.empty() && file_trouble.empty()) {
    reporter_.beaten();
    return true;
  }
  reporter_.beat_failed(trouble.empty() ? file_trouble : trouble);
  return trouble.empty();
}

std::optional<Cursor> Keeper::claim_position() {
  return kept_position_.claim([this]() -> NodeDirectory& { return connection().nodes(); });
}

void Keeper::leave() noexcept {
  // Each by itself, and none for long: without a goodbye others find out by themselves.
  const auto attempt = [this](auto body) {
    try {
      if (const std::string trouble = error_of(body); !trouble.empty()) {
        reporter_.beat_failed(trouble);
      }
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory is left to say it
    }
  };
  attempt([this] { kept_position_.save_to_file(); });
  if (settings_.read_only) {
    kept_position_.release();
    return;
  }
  attempt([this] { connection().set_deadline(std::min(connection().deadline(), kFarewell)); });
  attempt([this] { record_failures(); });
  attempt([this] { kept_position_.save_to(connection().nodes()); });
  attempt([this] { leadership_.leave(connection().leases()); });
  attempt([this] { heartbeat_.goodbye(connection().nodes()); });
  kept_position_.release();
  connection_.reset();
}

}  // namespace crier
