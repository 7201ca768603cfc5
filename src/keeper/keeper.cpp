// SPDX-License-Identifier: MIT
#include "keeper/keeper.hpp"

#include <crier/codec.hpp>

#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "refresh/dispatcher.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace crier {

namespace {

// For each of the last calls.
constexpr std::chrono::milliseconds kFarewell{500};

constexpr std::string_view kSettling = "the settling of pending entries";
// Ticks in which what was given up can't be recorded: after so many the position is saved all the
// same.
constexpr int kPatience = 10;

}  // namespace

Keeper::Keeper(Store& store, Reporter& reporter, Position& position, Dispatcher& dispatcher,
               OwnEntries& own, Settings settings)
    : store_(store),
      reporter_(reporter),
      position_(position),
      dispatcher_(dispatcher),
      own_(own),
      settings_(std::move(settings)),
      heartbeat_(reporter, dispatcher, settings_.node, settings_.stalled_after),
      leadership_(reporter, settings_.node.incarnation, settings_.fixed_role,
                  settings_.lease_duration),
      pruner_(reporter, settings_.pruning),
      cache_cleaner_(settings_.pruning.interval),
      persistent_position_(reporter, position, settings_.node, settings_.keep_position,
                           {settings_.position_file, store.name(), settings_.node.name}),
      events_(reporter.events(), settings_.node, settings_.refreshers),
      progress_(settings_.node),
      duties_(store, reporter),
      of_tick_(duties_of_tick()),
      at_end_(duties_at_end()),
      audit_{auditing()},
      answer_{auditing(),
              {"the answer to who waits", [this](Connection& connection) { answer(connection); }}},
      settling_{{kSettling, [this](Connection& connection) { assign_pending_ids(connection); }}} {
  reporter_.forget_duties();
  if (!settings_.read_only) {
    position_.live_until({});  // nobody knows it yet
  }
}

// The duties of a tick, in their order: a new one is added here.
std::vector<Duty> Keeper::duties_of_tick() {
  return {
      auditing(),
      // A leader that did not see the others in time must not take them for dead.
      {Heartbeat::kName, [this](Connection& connection) { beat(connection); },
       [this] { leadership_.look_anew(now_); }},
      {"the lease",
       [this](Connection& connection) { leadership_.hold(connection.leases(), alone_, now_); },
       [this] { leadership_.lapse(now_); }},
      {"the beat of a new role",
       [this](Connection& connection) {
         if (role(now_) != heartbeat_.shown_role()) {
           heartbeat_.beat(connection, shown_, role(now_), persistent_position_.is_kept(), now_);
         }
       }},
      recording(),
      saving(),
      {kSettling,
       [this](Connection& connection) {
         if (leadership_.fence(now_)) {
           assign_pending_ids(connection);
         }
       }},
      {"the canary", leading(&Keeper::send_canary)},
      {"the pruning", leading(&Keeper::prune)},
      {"the cleaning of the shared cache", leading(&Keeper::clean_cache)},
      {"the look for silent nodes", leading(&Keeper::note_silent)},
      {"telling which refreshers there are",
       [this](Connection& connection) { events_.declare(connection); }},
      history(),
      progress(),
  };
}

std::vector<Duty> Keeper::duties_at_end() {
  return {
      recording(),
      saving(),
      {"giving the lease back",
       [this](Connection& connection) { leadership_.leave(connection.leases()); }},
      last_beat(),
      {"the goodbye",
       [this](Connection& connection) {
         heartbeat_.goodbye(connection.nodes());
         events_.note_goodbye();
       }},
      history(),
  };
}

Duty Keeper::recording() {
  return {"recording what was given up",
          [this](Connection& connection) {
            record_failures(connection);
            unrecorded_ = 0;
          },
          [this] { ++unrecorded_; }};
}

// The position has passed what was given up: it is not saved before that is recorded. But a record
// that nothing takes must not hold it for ever.
Duty Keeper::saving() {
  return {"saving the position", [this](Connection& connection) {
            if (unrecorded_ == 0 || unrecorded_ > kPatience) {
              persistent_position_.save_to(connection.nodes());
            }
          }};
}

std::function<void(Connection&)> Keeper::leading(LeadersWork work) {
  return [this, work](Connection& connection) {
    if (const auto fence = leadership_.fence(now_)) {
      (this->*work)(connection, *fence);
    }
  };
}

Stepped Keeper::step(Time now) noexcept {
  now_ = now;
  take_new_name();
  bool well = true;
  bool asked = false;
  const auto perform_if = [&](std::atomic<bool>& wanted, const std::vector<Duty>& duties) {
    if (wanted.exchange(false)) {
      asked = true;
      well = (settings_.read_only || duties_.perform(duties)) && well;
    }
  };
  perform_if(audit_wanted_, audit_);
  perform_if(answer_wanted_, answer_);
  perform_if(ids_wanted_, settling_);
  if (!tick_wanted_.exchange(false) && asked && now < tick_due_) {
    return {well, tick_due_};
  }
  return tick() && well;
}

bool Keeper::tick() noexcept {
  tick_due_ = now_ + settings_.node.interval;
  // The file by itself: it is there for nodes whose database can't be written.
  bool well = save_to_file();
  if (settings_.read_only) {
    reporter_.beaten();  // nobody hears it, but it has come forward
    return well;
  }
  more_ = false;
  well = duties_.perform(of_tick_) && well;
  if (more_) {
    want_tick();
  }
  return well;
}

bool Keeper::save_to_file() noexcept {
  return duties_.attempt("saving the position's file",
                         [this] { persistent_position_.save_to_file(); });
}

// Of all nodes at once each would lock the counter.
void Keeper::want_ids(bool for_long) noexcept {
  const Role mine = role(Time::clock::now());
  if (for_long || mine == Role::single || mine == Role::scheduling_publisher) {
    ids_wanted_ = true;
    bell_.ring();
  }
}

void Keeper::want_tick() noexcept {
  tick_wanted_ = true;
  bell_.ring();
}

void Keeper::rename(const Guid& incarnation) {
  {
    const std::lock_guard lock(mutex_);
    new_incarnation_ = incarnation;
  }
  want_tick();
}

// The row of the old name is the other's from now on. If it has a new one as well, the row grows
// stale.
void Keeper::take_new_name() {
  const std::lock_guard lock(mutex_);
  if (const auto incarnation = std::exchange(new_incarnation_, std::nullopt)) {
    settings_.node.incarnation = *incarnation;
    position_.live_until({});
    heartbeat_.rename(*incarnation);
    leadership_.rename(*incarnation);
    persistent_position_.rename(*incarnation);
    events_.rename(*incarnation);
    progress_.rename(*incarnation);
  }
}

void Keeper::beat(Connection& connection) {
  const BeatResult around =
      heartbeat_.beat(connection, shown_, role(now_), persistent_position_.is_kept(), now_);
  reporter_.beaten();
  // From before the beat was written: others count from then at the earliest.
  position_.live_until(now_ + 3 * settings_.node.interval);
  alone_ = around.alone;
  events_.note_beat(around);
  hear(around.pause);
  if (heartbeat_.is_cloned()) {
    settings_.cloned(around.before);
  }
  // A machine that was suspended, a clock that jumped, a database that was locked: all look stale
  // until they have had the time to beat again. What is shorter, `patience` makes up for.
  if (2 * around.gap > 3 * settings_.node.interval) {
    leadership_.look_anew(now_);
  }
}

void Keeper::record_failures(Connection& connection) {
  dispatcher_.quarantine().flush([&](std::vector<FailureRecord> failures) {
    for (FailureRecord& failure : failures) {
      failure.node = settings_.node.name;
      failure.incarnation = settings_.node.incarnation;
    }
    connection.failures().record(failures);
    events_.note_given_up(failures);
  });
}

void Keeper::assign_pending_ids(Connection& connection) {
  if (connection.log().assign_pending_ids()) {
    store_.wakeup().ring();
  }
}

void Keeper::send_canary(Connection& connection, const Fence& fence) {
  const std::chrono::milliseconds interval = settings_.canary_interval;
  // Half of it there: clocks differ, and only another leader's canary is to be minded.
  if (interval.count() != 0 && now_ - std::max(canary_at_, leadership_.leads_since()) >= interval) {
    const NewEntry canary = make_canary(own_.originated());
    OwnEntries::Append append(own_, {&canary, 1});
    append.ended(connection.nodes().send_canary(canary, interval / 2, fence));
    canary_at_ = now_;
  }
}

void Keeper::prune(Connection& connection, const Fence& fence) {
  more_ = pruner_.step(connection, fence, leadership_.watches_since(), now_) || more_;
}

void Keeper::clean_cache(Connection& connection, const Fence& fence) {
  more_ = cache_cleaner_.step(connection.cache(), fence, leadership_.leads_since(), now_) || more_;
}

std::optional<Cursor> Keeper::claim_position() {
  const std::optional<Cursor> claimed = persistent_position_.claim([this]() -> NodeDirectory& {
    Connection& connection = duties_.connection();
    if (!heartbeat_.is_known()) {
      shown_ = position_.state();
      beat(connection);  // one that has not beaten can't tell that it has a rival
    }
    return connection.nodes();
  });
  if (persistent_position_.is_kept()) {
    want_tick();  // the others see that it is
  }
  return claimed;
}

void Keeper::leave() noexcept {
  save_to_file();
  take_new_name();
  if (!settings_.read_only) {
    // None for long: without a goodbye others find out by themselves.
    duties_.hurry(kFarewell);
    duties_.perform(at_end_);
    duties_.disconnect();
  }
  persistent_position_.release();
}

}  // namespace crier
