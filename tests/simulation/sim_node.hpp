// SPDX-License-Identifier: MIT
#pragma once

#include <crier/registry.hpp>

#include "base/delivered.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "keeper/keeper.hpp"
#include "poller/poller.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/notifier.hpp"
#include "simulation/sim_cache.hpp"
#include "support/memory_store.hpp"

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
    // Called before a refresher runs; false where the process dies at this moment.
    std::function<bool()> before_refresh;
    std::function<Dispatcher::Time()> clock;
    // Told what must not be.
    std::function<void(const std::string&)> violated;
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
  [[nodiscard]] std::string originated() const { return "sim/" + incarnation().to_string(); }
  [[nodiscard]] EntryId position() const { return position_.entry(); }
  [[nodiscard]] Cursor cursor() const { return position_.state().cursor; }
  [[nodiscard]] Role role(Time now) const { return keeper_.role(now); }
  [[nodiscard]] const Contents& cache() const { return cache_; }
  [[nodiscard]] Contents& cache() { return cache_; }

  bool paused = false;
  bool dead = false;  // killed in the middle of a step, and soon to be buried
  int steps = 0;      // that it is in the middle of
  bool polling = false;
  bool ticking = false;
  bool publishing = false;  // it may: it has started
  bool contended = false;   // for its durable position, which is not forgotten yet
  EntryId reported;         // the position that it has told the others last

 private:
  class Ears;
  struct Polling {
    std::unique_ptr<Poller> poller;
    std::stop_source stop;
  };

  void add_poller();

  MemoryStore& store_;
  const Settings settings_;
  Contents cache_;
  std::shared_ptr<Ears> ears_;
  Reporter reporter_;
  Notifier notifier_{reporter_};
  Registry registry_;
  Dispatcher dispatcher_;
  Position position_;
  Delivered delivered_;
  FencedProgress progress_;
  std::vector<Polling> pollers_;  // the last one polls; others hung
  Keeper keeper_;
};

}  // namespace crier::test
