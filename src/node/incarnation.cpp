// SPDX-License-Identifier: MIT
#include "node/incarnation.hpp"

#include <crier/codec.hpp>
#include <crier/error.hpp>
#include <crier/version.hpp>

#include "base/deadline.hpp"
#include "base/process.hpp"
#include "base/reporter.hpp"
#include "messenger/database_messenger.hpp"
#include "messenger/local_messenger.hpp"

#include <algorithm>

namespace crier {

namespace {

void check_schema(Store& store, bool migrate) {
  const auto connection = store.connect(migrate ? Access::create : Access::read_only);
  if (migrate) {
    connection->schema().migrate();
  }
  const SchemaStatus status = connection->schema().status();
  if (status.state != SchemaState::current) {
    throw Error("start", status.advice);
  }
}

NodeReport self_of(const Options& options, const std::string& name, const Identity& identity) {
  NodeReport self;
  self.incarnation = identity.incarnation;
  self.name = name;
  self.host = identity.machine;
  self.application = identity.application;
  self.version = version();
  self.pid = identity.pid;
  self.process = this_process();
  self.interval = options.heartbeat_interval;
  return self;
}

Keeper::Settings keeper_settings(const Options& options, const NodeReport& self) {
  Keeper::Settings settings;
  settings.node = self;
  settings.fixed_role = options.role;
  settings.lease_duration = options.lease_duration;
  // An idle poller comes forward with each look at the log.
  settings.stalled_after = options.stalled_after + 2 * options.poll_interval;
  // A break that is too short to be noticed by the gap between this node's beats.
  const std::chrono::milliseconds patience = options.heartbeat_interval;
  settings.pruning = {options.retention, options.retention_hard_cap, options.prune_interval,
                      patience};
  settings.keep_position = options.keep_position;
  settings.position_file = options.position_file;
  return settings;
}

}  // namespace

Incarnation::Incarnation(const Options& options, const std::string& name, Dispatcher& dispatcher,
                         Reporter& reporter)
    : Incarnation(options, name, Identity::of_this_process(options.application), dispatcher,
                  reporter) {}

Incarnation::Incarnation(const Options& options, const std::string& name, const Identity& identity,
                         Dispatcher& dispatcher, Reporter& reporter)
    : reporter_(reporter),
      self_(self_of(options, name, identity)),
      originated_(identity.originated()) {
  const EntryLimits limits{options.max_instructions_per_entry, options.max_entry_bytes,
                           options.max_instruction_bytes};
  if (options.store.empty()) {
    messenger_ = std::make_unique<LocalMessenger>(dispatcher, originated_, limits);
    return;
  }
  store_ = open_store(options.store);
  check_schema(*store_, options.migrate_on_start);
  messenger_ =
      std::make_unique<DatabaseMessenger>(*store_, dispatcher, reporter, originated_, limits);
  keeper_ = std::make_unique<Keeper>(*store_, reporter, position_, keeper_settings(options, self_));
  poller_ =
      std::make_unique<Poller>(*store_, dispatcher, reporter, position_,
                               Poller::Settings{originated_, options.max_processing_instructions,
                                                [this] { keeper_bell_.ring(); }});
}

void Incarnation::run(const Options& options) {
  if (store_ != nullptr) {
    start_keeper(options);
  }
  // The place in the log comes before the caches are filled: what is published meanwhile is read
  // after it, so nothing falls between.
  if (options.fill_caches) {
    options.fill_caches();
  }
  if (store_ != nullptr) {
    start_poller(options);
  }
}

// Registered before it takes its place in the log, so that nothing is pruned from under it; and on
// a thread of its own before it refreshes or fills anything, which may take longer than a beat.
void Incarnation::start_keeper(const Options& options) {
  const auto now = [] { return std::chrono::steady_clock::now(); };
  keeper_->step(now(), keeper_bell_);
  const std::optional<Cursor> kept = keeper_->claim_position();
  const std::chrono::milliseconds period = options.heartbeat_interval;
  keeper_thread_ = std::make_unique<Worker>(
      Pace{.period = period, .max_back_off = period}, keeper_bell_,
      [this, now](const std::stop_token&) { return keeper_->step(now(), keeper_bell_); });
  if (options.keep_position == KeepPosition::in_memory) {
    poller_->start(options.cold_start);
  } else {
    poller_->resume(kept);
  }
}

void Incarnation::start_poller(const Options& options) {
  poller_thread_ = std::make_unique<Worker>(Pace{.period = options.poll_interval}, store_->wakeup(),
                                            [this](const std::stop_token& stop) {
                                              const bool well = poller_->step(stop);
                                              reporter_.wakeup_trouble(store_->wakeup().trouble());
                                              return well;
                                            });
}

void Incarnation::stop() noexcept {
  position_.close();
  if (poller_thread_ != nullptr) {
    poller_thread_->stop();
  }
  if (keeper_thread_ != nullptr) {
    keeper_thread_->stop();
  }
  if (keeper_ != nullptr) {
    keeper_->leave();
  }
}

Role Incarnation::role() const {
  return keeper_ == nullptr ? Role::single : keeper_->role(std::chrono::steady_clock::now());
}

WaitResult Incarnation::wait_everywhere(EntryId entry, std::chrono::milliseconds timeout) const {
  using Clock = std::chrono::steady_clock;
  if (store_ == nullptr) {
    return {};
  }
  const Clock::time_point deadline = deadline_after(timeout);
  const auto connection = store_->connect(Access::read_write);
  WaitResult result = crier::wait_everywhere(
      *connection, entry, {.timeout = timeout, .name = {}, .on_look = [this](const WaitResult&) {
                             return !position_.is_closed();  // else the node has stopped
                           }});
  const auto is_self = [this](const NodeRecord& node) {
    return node.incarnation == self_.incarnation;
  };
  if (std::ranges::any_of(result.reached, is_self) ||
      std::ranges::any_of(result.waiting, is_self)) {
    return result;
  }
  // This node counts in any case: also where it could not register, or looks stale.
  std::erase_if(result.lost, is_self);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  const bool there = position_.wait(entry, left);
  NodeRecord self;
  static_cast<NodeReport&>(self) = self_;
  self.position = position_.entry();
  (there ? result.reached : result.waiting).push_back(self);
  return result;
}

std::vector<NodeRecord> Incarnation::nodes() const {
  return store_ == nullptr ? std::vector<NodeRecord>()
                           : store_->connect(Access::read_write)->nodes().list();
}

}  // namespace crier
