// SPDX-License-Identifier: MIT
// What refreshers that follow the log may ask of the node, and over which connections.
#include <crier/error.hpp>

#include "cache/shared/store_cache.hpp"
#include "messenger/database_messenger.hpp"
#include "node/core.hpp"
#include "node/node_log.hpp"
#include "node/node_runtime.hpp"
#include "node/sweeper.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace crier {

void NodeRuntime::start_following() {
  if (followers_.empty()) {
    return;
  }
  if (store_ == nullptr) {
    followers_.stay_alone();
    return;
  }
  constexpr std::size_t kMostReaders = 8;  // fills look at the log once each
  log_readers_ = std::make_unique<ConnectionPool>(
      store_,
      ConnectionPool::Settings{.access = access(),
                               .limits = {.most = kMostReaders},
                               .what = "connection for looks at the log of " + store_->name(),
                               .advice = "try again"});
  origin_ = log_readers_->run("read the log",
                              [](Connection& connection) { return connection.hybrid().origin(); });
  followers_.follow(std::make_shared<NodeLog>(weak_from_this()));
  if (followers_.any_shares()) {
    store_->wakeup().hear_own();  // the record of what they share moves to this node's own entries
  }
}

void NodeRuntime::start_sweeper() {
  const std::chrono::milliseconds interval = core_->options.prune_interval;
  if (core_->options.read_only || !followers_.any_shares()) {
    return;
  }
  const auto now = [core = core_] { return core->now(); };
  const auto sweeper = std::make_shared<Sweeper>(
      followers_, [this](auto at) { return keeper_->role(at); }, interval, now());
  sweeper_thread_ = std::make_unique<Worker>(
      core_->options.surroundings, WorkerKind::sweeper, WorkerPace{.period = interval},
      sweeper_bell_, [self = shared_from_this(), sweeper, now](const std::stop_token&) {
        return sweeper->step(now());
      });
}

LogAccess::Place NodeRuntime::place() const {
  const Position::State position = position_.state();
  return {position.entry(), progress_.reading().lineage, own_.newest(), position.resets};
}

// What was written before the look must be found by it.
bool NodeRuntime::look(EntryId after, const ReadLimits& limits, Page& page) {
  // Its connections may hear in the poller's place that the database was replaced.
  if (core_->options.read_only) {
    return false;
  }
  const EntryId written = own_.newest();
  const auto read = [&](Connection& connection) {
    connection.log().read_after(after, limits, page);
  };
  log_readers_->run("read the log", read, ConnectionPool::Repeats::everything);
  return holds_own(own_, written, after, progress_.reading().cursor.id, page);
}

bool holds_own(OwnEntries& own, EntryId written, EntryId after, EntryId passed, const Page& page) {
  const EntryId last = page.entries.empty() ? after : page.entries.back().id;
  const bool is_end = !page.more && !page.may_lag;
  const auto rest = std::ranges::upper_bound(page.entries, passed, {}, &Entry::id);
  return !own.find_break(written, is_end ? std::optional(last) : std::nullopt,
                         {rest, page.entries.end()});
}

// All have the same files open, and SQLite keeps what was removed for as long as one of them does.
void NodeRuntime::disconnect() {
  if (publisher_ != nullptr) {
    publisher_->disconnect();
  }
  shared_cache_->disconnect();
  connections_->drop_idle();
  if (log_readers_ != nullptr) {
    log_readers_->drop_idle();
  }
  keeper_->want_tick();  // it finds out by itself
}

void NodeRuntime::hurry() noexcept {
  if (store_ != nullptr) {
    store_->wakeup().ring();
  }
}

std::shared_ptr<NodeRuntime> NodeLog::runtime() const {
  std::shared_ptr<NodeRuntime> running_one = runtime_.lock();
  if (running_one == nullptr) {
    throw Error("read the log", "the node does not run");
  }
  return running_one;
}

LogAccess::Place NodeLog::place() { return runtime()->place(); }

bool NodeLog::is_own(const Entry& entry) { return runtime()->is_own(entry); }

Fingerprint NodeLog::origin() { return runtime()->origin(); }

bool NodeLog::look(EntryId after, const ReadLimits& limits, Page& page) {
  return runtime()->look(after, limits, page);
}

void NodeLog::hurry() noexcept {
  if (const std::shared_ptr<NodeRuntime> running_one = runtime_.lock()) {
    running_one->hurry();
  }
}

}  // namespace crier
