// SPDX-License-Identifier: MIT
#include "node/node_runtime.hpp"

#include <crier/codec.hpp>
#include <crier/error.hpp>
#include <crier/refresher.hpp>

#include "base/reporter.hpp"
#include "cache/shared/store_cache.hpp"
#include "messenger/database_messenger.hpp"
#include "messenger/local_messenger.hpp"
#include "messenger/read_only_messenger.hpp"
#include "node/check_schema.hpp"
#include "node/core.hpp"
#include "node/settings.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <utility>

namespace crier {

namespace {

// What a ring has brought is looked for in the log within this time.
constexpr std::chrono::milliseconds kLongestAhead{100};

// Of callers that look at the other nodes.
constexpr std::size_t kMostConnections = 4;

// In which a thread ends at stop() that is in the database, ...
constexpr std::chrono::milliseconds kGrace{3000};
// ... or that has nothing to do.
constexpr std::chrono::milliseconds kMoment{1000};

// A node that starts at the newest entry says nothing of what a region holds from an earlier start,
// or was given before this one.
void empty_caches(const Registry& registry) {
  for (const RegisteredRefresher& one : registry.all()) {
    if (dynamic_cast<PublishingRefresher*>(one.refresher.get()) != nullptr) {
      one.refresher->refresh_all();
    }
  }
}

}  // namespace

NodeRuntime::NodeRuntime(std::shared_ptr<Core> core, const std::string& name)
    : NodeRuntime(core, name, Identity::of_this_process(core->options.application)) {}

NodeRuntime::NodeRuntime(std::shared_ptr<Core> core, const std::string& name,
                         const Identity& identity)
    : core_(std::move(core)),
      name_(name),
      identity_(identity),
      position_(clock_of(core_->options)),
      own_(identity.originated()),
      progress_(core_->last_poller),
      followers_(core_->registry) {
  const Options& options = core_->options;
  wait_handlers_ = std::make_unique<WaitHandlers>(position_, core_->reporter, wait_sources());
  EntryLimits limits{options.max_instructions_per_entry, options.max_entry_bytes,
                     options.max_instruction_bytes, false};
  if (options.store.empty()) {
    messenger_ = std::make_unique<LocalMessenger>(core_->dispatcher, own_.originated(), limits);
    return;
  }
  store_ = store_of(options);
  limits.for_umbraco = check_schema(*store_, options.migrate_on_start, core_->reporter);
  if (options.read_only) {
    messenger_ = std::make_unique<ReadOnlyMessenger>(store_->name(), core_->dispatcher, position_);
  } else {
    auto publisher = std::make_unique<DatabaseMessenger>(
        *store_, core_->dispatcher, core_->reporter, own_, position_, limits, followers());
    publisher_ = publisher.get();
    messenger_ = std::move(publisher);
  }
  shared_cache_ = std::make_shared<StoreCache>(store_, access(), options.shared_cache);
  connections_ = std::make_unique<ConnectionPool>(
      store_,
      ConnectionPool::Settings{.access = access(),
                               .limits = {.most = kMostConnections},
                               .what = "connection for looks at other nodes in " + store_->name(),
                               .advice = "try again"});
  Keeper::Settings settings = keeper_settings(options, self(), core_->registry);
  settings.cloned = [this](std::chrono::milliseconds at) {
    rename(at.count(), "a beat of this node's was not its own");
  };
  keeper_ = std::make_unique<Keeper>(*store_, core_->reporter, position_, core_->dispatcher, own_,
                                     std::move(settings));
}

std::shared_ptr<SharedCache> NodeRuntime::shared_cache() const { return shared_cache_; }

void NodeRuntime::run() {
  start_following();
  tell_surroundings();
  if (store_ == nullptr) {
    if (core_->options.fill_caches) {
      core_->options.fill_caches();
    }
    return;
  }
  core_->dispatcher.connect({.work =
                                 [weak = weak_from_this()] {
                                   if (const auto self = weak.lock()) {
                                     self->store_->wakeup().ring();
                                   }
                                 },
                             .given_up =
                                 [weak = weak_from_this()] {
                                   if (const auto self = weak.lock()) {
                                     self->keeper_->want_tick();
                                   }
                                 }});
  const bool keeps_caches = core_->options.keep_position != KeepPosition::in_memory;
  if (keeps_caches || core_->dispatcher.position_limit()) {
    position_.prove_nothing_since(core_->last_proof);  // before the first beat tells it
  }
  const std::optional<Cursor> kept = start_keeper();
  std::shared_ptr<Poller> poller = make_poller();
  start_watchdog();
  // The place in the log comes before the caches are filled: what is published meanwhile is read
  // after it, so nothing falls between.
  if (!keeps_caches) {
    poller->start(core_->options.cold_start);
    empty_caches(core_->registry);
  } else {
    poller->resume(kept);
  }
  if (core_->options.fill_caches) {
    core_->options.fill_caches();
  }
  const std::lock_guard lock(mutex_);
  start_poller(std::move(poller));
  start_sweeper();
}

// Registered before it takes its place in the log, so that nothing is pruned from under it; and on
// a thread of its own before it refreshes or fills anything, which may take longer than a beat.
std::optional<Cursor> NodeRuntime::start_keeper() {
  const Options& options = core_->options;
  if (options.read_only) {
    core_->reporter.log(LogLevel::warning,
                        "this node only reads " + store_->name() +
                            ": it can't publish, no other node sees it or waits for it, pruning "
                            "included, and what its refreshers fail at is not recorded");
  }
  if (options.node_name.empty() && options.keep_position != KeepPosition::in_memory) {
    core_->reporter.log(
        LogLevel::warning,
        "this node keeps its position under the name " + name_ +
            ", which it made of its host and its program: give it one of its own "
            "(Options::node_name), which its next start has, too, and no other node");
  }
  watchdog_ = std::make_unique<Watchdog>(
      *core_, position_,
      Watchdog::Settings{.poller_deadline = options.stalled_after + 2 * options.poll_interval,
                         .keeper_deadline = options.stalled_after + 3 * options.heartbeat_interval,
                         .poller = [this] { return poller_.load(); },
                         .replace_poller = [this](const std::string& why) { replace_poller(why); }},
      core_->now());
  keeper_->step(core_->now());
  const std::optional<Cursor> kept = keeper_->claim_position();
  const std::chrono::milliseconds period = options.heartbeat_interval;
  keeper_thread_ = std::make_unique<Worker>(
      options.surroundings, WorkerKind::keeper,
      WorkerPace{.period = period, .max_back_off = period}, keeper_->bell(),
      [self = shared_from_this()](const std::stop_token&) {
        const Stepped stepped = self->keeper_->step(self->core_->now());
        self->watchdog_->keeper_stepped(self->core_->now());
        return stepped;
      },
      [this] { return keeper_->is_asked(); });
  return kept;
}

std::shared_ptr<Poller> NodeRuntime::make_poller() {
  auto poller = std::make_shared<Poller>(
      *store_, core_->dispatcher, core_->reporter, position_, own_, progress_,
      Poller::Settings{
          core_->options.max_processing_instructions, [this] { keeper_->want_answer(); },
          core_->options.poll_interval, std::min(kLongestAhead, core_->options.poll_interval),
          [this](bool for_long) { keeper_->want_ids(for_long); }, core_->options.backlog,
          [this] { disconnect(); },
          [this](EntryId entry) {
            rename(entry.value, "entry " + entry.to_string() +
                                    " bears the origin of this node, which has not "
                                    "written it");
          },
          followers(), name_,
          [this](const Instruction& request, EntryId entry) { answer_audit(request, entry); },
          clock_of(core_->options)});
  core_->last_poller = poller_ = poller->number();
  pollers_.push_back(poller);
  return poller;
}

void NodeRuntime::start_poller(std::shared_ptr<Poller> poller) {
  const Options& options = core_->options;
  position_.still_here();  // filling the caches may have taken long
  // Who backs off comes forward in time, too.
  const auto back_off = std::min(WorkerPace().max_back_off, options.stalled_after / 2);
  poller_thread_ = std::make_unique<Worker>(
      options.surroundings, WorkerKind::poller,
      WorkerPace{.period = options.poll_interval, .max_back_off = back_off}, store_->wakeup(),
      [self = shared_from_this(), poller = std::move(poller)](const std::stop_token& stop) {
        const bool well = poller->step(stop);
        self->watchdog_->poller_stepped(self->core_->now());
        self->wait_handlers_->poller_stepped();
        self->core_->reporter.wakeup_trouble(self->store_->wakeup().trouble());
        return Stepped(well, poller->next_due());
      },
      [core = core_] {
        const auto due = core->dispatcher.next_due();
        return due && *due <= core->now();
      });
}

void NodeRuntime::report_left(const char* which) const {
  const std::string in = core_->dispatcher.running(poller_);
  core_->reporter.log(LogLevel::error, "the thread of the " + std::string(which) +
                                           " was left to itself at stop()" +
                                           (in.empty() ? "" : ": " + in + " has not returned"));
}

void NodeRuntime::stop() noexcept {
  position_.close();
  // Harmless if it has ended; the watchdog first, since it starts pollers.
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + core_->options.stop_deadline;
  const auto end = [&](const std::unique_ptr<Worker>& thread, std::chrono::milliseconds least) {
    return thread == nullptr || thread->stop_by(std::max(deadline, Clock::now() + least));
  };
  if (!end(watchdog_thread_, kGrace)) {
    report_left("watchdog");
  }
  if (!end(sweeper_thread_, kGrace)) {
    report_left("sweeper");
  }
  bool polled_out = false;
  {
    const std::lock_guard lock(mutex_);
    polled_out = end(poller_thread_, kMoment);
  }
  if (!wait_handlers_->stop_by(deadline)) {
    core_->reporter.log(LogLevel::error,
                        "what was to be called after a wait has not returned at stop()");
  }
  std::vector<RefresherQueues::Stuck> stuck;
  if (!polled_out) {
    // What comes for that refresher after the next start waits behind it.
    stuck = core_->dispatcher.find_stuck({}, poller_.load());
    report_left("poller");
  }
  followers_.follow(nullptr);
  core_->dispatcher.connect({});
  core_->last_proof = position_.state().proved_at;
  // However long a refresher took: it is the keeper that says goodbye.
  if (!end(keeper_thread_, kGrace)) {
    report_left("keeper");
  } else if (keeper_ != nullptr) {
    keeper_->leave();
  }
  core_->dispatcher.tell_stuck(stuck);  // last: see the watchdog
}

}  // namespace crier
