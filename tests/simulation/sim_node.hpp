// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cached_region.hpp>
#include <crier/distributed_cache.hpp>
#include <crier/hybrid_cache.hpp>
#include <crier/registry.hpp>

#include "base/log_followers.hpp"
#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "keeper/keeper.hpp"
#include "messenger/database_messenger.hpp"
#include "node/publisher_bindings.hpp"
#include "poller/poller.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/notifier.hpp"
#include "simulation/sim_cache.hpp"
#include "support/memory_store.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace crier::test {

// One incarnation of a node, without its threads: what they would do is done step by step.
class SimNode {
 public:
  using Time = Keeper::Time;

  struct Settings {
    Keeper::Settings keeper;
    std::size_t max_processing_instructions = 1000;
    bool has_pages = true;  // without, it applies what rings bring ahead of the log
    // Called before a refresher runs; false where the process dies at this moment.
    std::function<bool()> before_refresh;
    std::function<Time()> now;
    // What retries go by.
    std::function<Dispatcher::Time()> clock;
    std::shared_ptr<SharedCache> shared;
    // Of the database that is there now.
    std::function<Fingerprint()> origin;
    // Its poller is rung for.
    std::function<void()> hurry;
    // Of the log that is there now.
    std::function<EntryId()> newest;
    // Told what must not be.
    std::function<void(const std::string&)> violated;
    // Told what its region and its pages have applied, and that everything was refreshed.
    std::function<void(const Instruction&, EntryId)> applied;
    std::function<void(const Resync&)> resynced;
  };

  SimNode(MemoryStore& store, const Contents& truth, Settings settings);

  // As the node does it: registers, claims its position, takes its place in the log. False where
  // the database failed it.
  bool start(Time now, const std::function<Contents()>& surviving);
  void poll();
  // Its poller hangs in what it is in the middle of, and another one takes over.
  void replace_poller();
  void tick(Time now);
  // As its keeper's thread does when its bell is rung for that.
  void answer_if_asked(Time now);
  void leave() { keeper_.leave(); }

  [[nodiscard]] const Guid& incarnation() const { return settings_.keeper.node.incarnation; }
  [[nodiscard]] const std::string& name() const { return settings_.keeper.node.name; }
  [[nodiscard]] const std::string& process() const { return settings_.keeper.node.process; }
  [[nodiscard]] bool durable() const {
    return settings_.keeper.keep_position == KeepPosition::in_database;
  }
  // What its messenger does around an append.
  [[nodiscard]] OwnEntries& own() { return own_; }
  [[nodiscard]] DatabaseMessenger& messenger() { return messenger_; }
  // What its application publishes by.
  [[nodiscard]] DistributedCache& changes() { return changes_; }
  using Pages = HybridCache<std::int64_t>;
  [[nodiscard]] Pages& pages() { return pages_; }
  [[nodiscard]] bool has_pages() const { return settings_.has_pages; }
  // What it has loaded.
  void forget();
  using Region = CachedRegion<std::int64_t, std::int64_t>;
  [[nodiscard]] Region& region() { return region_; }
  [[nodiscard]] EntryId position() const { return position_.entry(); }
  [[nodiscard]] Cursor cursor() const { return position_.state().cursor; }
  // What it publishes may run later: behind a full refresh that is due.
  [[nodiscard]] bool has_work_due() const { return dispatcher_.position_limit().has_value(); }
  // Further than its position says: with the next poll that follows, if nothing holds it up.
  [[nodiscard]] bool has_read_on() const {
    const Position::State state = position_.state();
    return state.read != state.entry() || state.is_ahead;
  }
  // As an operator has asked.
  [[nodiscard]] bool stands() const { return position_.pause().stands(); }
  [[nodiscard]] Role role(Time now) const { return keeper_.role(now); }
  [[nodiscard]] const Contents& cache() const { return cache_; }
  [[nodiscard]] Contents& cache() { return cache_; }

  bool paused = false;
  bool dead = false;  // killed in the middle of a step, and soon to be buried
  int steps = 0;      // that it is in the middle of
  bool polling = false;
  bool ticking = false;
  bool publishing = false;     // it may: it has started
  std::uint64_t restores = 0;  // that its step may know of
  bool appending = false;      // its messenger is in the middle of it
  bool contended = false;      // for its durable position, which is not forgotten yet
  EntryId reported;            // the position that it has told the others last
  Changes published;           // by itself

 private:
  class Ears;
  struct Polling {
    std::unique_ptr<Poller> poller;
    std::stop_source stop;
  };

  void add_poller();

  MemoryStore& store_;
  const Settings settings_;
  OwnEntries own_{"sim/" + incarnation().to_string()};
  Contents cache_;
  std::shared_ptr<Ears> ears_;
  Reporter reporter_;
  Notifier notifier_{reporter_};
  Registry registry_;
  Registry nobodys_;  // of pages that it does not have
  Region region_{registry_, kItems, "items"};
  Pages pages_;
  const LogFollowers followers_{registry_};
  Dispatcher dispatcher_;
  Position position_;
  FencedProgress progress_;
  std::vector<Polling> pollers_;  // the last one polls; others hung
  DatabaseMessenger messenger_;
  DistributedCache changes_{registry_, messenger_};
  const PublisherBindings bindings_{registry_, changes_};
  Keeper keeper_;
};

}  // namespace crier::test
