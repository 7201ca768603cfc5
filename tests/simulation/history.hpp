// SPDX-License-Identifier: MIT
#pragma once

#include "history/checker.hpp"
#include "simulation/random.hpp"
#include "simulation/sim_cache.hpp"
#include "simulation/sim_node.hpp"
#include "simulation/sim_shared.hpp"
#include "simulation/watch.hpp"
#include "support/memory_store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {

// One random history of a cluster, wholly given by its seed, its size and its steps. Each step has
// a seed of its own: those that are left do much the same if others are taken out.
class History {
 public:
  static constexpr std::size_t kSlots = 200;

  // How much happens.
  struct Size {
    std::size_t width = 0;   // so many of the slots may be taken; 0: a few, by the seed
    std::size_t events = 0;  // before everything calms down
  };

  using Steps = std::vector<std::uint64_t>;
  [[nodiscard]] static Steps steps_of(std::uint64_t seed, std::size_t count);

  // What happens is written to `trace`, which may be null.
  History(std::uint64_t seed, Size size, Steps steps, std::ostream* trace);
  History(std::uint64_t seed, Size size, std::ostream* trace)
      : History(seed, size, steps_of(seed, size.events), trace) {}

  // What went wrong; empty: nothing.
  std::string run();
  // How many pages came from the half that nodes share.
  [[nodiscard]] std::uint64_t shared_hits() const { return shared_hits_; }

 private:
  using Time = std::chrono::milliseconds;
  // What outlives the nodes of a durable name.
  struct Disk {
    Contents contents;
    Guid owner;  // who was the last to carry it on
  };

  static Keeper::Settings random_rules(Random& random);

  // Random events.
  void event();
  void start();
  void resume();
  void stop(SimNode& node);
  void crash(SimNode& node);
  void round();
  void poll(SimNode& node);
  void tick(SimNode& node);
  void ask();
  void ask_to_stand();
  void jump();
  void some_time();
  void pass(Time duration);

  // What happens to the log: see history_log.cpp.
  void publish(SimNode& node);
  void write();
  void write_as(SimNode& node);
  void request_resync();
  void disturb_log();
  void restore(EntryId first);
  void take_back(Contents& contents, const Changes& but = {}) const;
  void remake();
  NewEntry changes(std::string originated);
  void committed(SimNode* publisher);
  [[nodiscard]] EntryId newest() const;

  // The items, which regions cache: see history_items.cpp.
  struct ItemChange {
    std::int64_t version;
    std::size_t key;
    EntryId after;  // where the log ended then
  };
  void begin_items();
  std::int64_t change_item(std::size_t key, EntryId after);
  void publish_item(SimNode& node);
  void publish_plainly(SimNode& node, std::size_t key);
  void publish_riding(SimNode& node, std::size_t key);
  void write_item();
  std::int64_t commit_item(std::size_t key, EntryId entry);
  void read_item(SimNode& node, std::size_t key);
  std::int64_t load_item(SimNode& node, std::size_t key);
  void acknowledge(const SimNode& node, std::int64_t version, EntryId entry);
  void restore_items(EntryId first);
  void remake_items();
  void applied(const SimNode& node, const Instruction& instruction, EntryId entry);
  void resynced(const SimNode& node, const Resync& resync);
  void tell_position(const SimNode& node);
  void tell(history::Event event);

  // The pages, which are in hybrid caches: see history_pages.cpp.
  void begin_pages();
  std::vector<Instruction> changed(std::size_t key);
  [[nodiscard]] std::vector<std::string> pages_in(const Instruction& instruction) const;
  void change_page(std::size_t key, std::int64_t version, SimNode& node, Collector& batch);
  void set_page(SimNode& node);
  void read_page(SimNode& node, std::size_t key);
  std::int64_t make_page(SimNode& node, std::size_t key);
  void disturb_shared();

  // In the middle of a node's step: see history_faults.cpp.
  void before(std::string_view operation);
  void after(std::string_view operation);
  void after_position(SimNode& node, bool claimed);
  void after_forgetting();
  bool before_refresh();
  void die_by_chance(std::string_view operation);
  void stop_the_dead(std::string_view operation);
  void check_applied(const SimNode& node);
  void interlude(std::string_view operation);
  // The same once in so many times.
  void hold_up(std::string_view operation, std::size_t times);

  // After the faults: see history_end.cpp.
  void converge();
  void beat(const std::vector<SimNode*>& running);
  void check_cache(const std::string& name, const Changes& cache, const Changes& truth);
  void check_converged(const std::vector<SimNode*>& running);
  void check_pruned(const std::vector<SimNode*>& running);

  // A node that is not in the middle of anything; null: none was found.
  SimNode* pick(const std::function<bool(const SimNode&)>& fits);
  // What one of its threads does; it is buried where it dies of that.
  void step(SimNode& node, const std::function<void()>& body);
  void bury(SimNode& node);
  Contents surviving(const SimNode& node);
  template <class... Parts>
  void trace(const Parts&... parts) const {
    if (trace_ != nullptr) {
      *trace_ << std::string(static_cast<std::size_t>(depth_ * 2), ' ');
      (*trace_ << ... << parts) << '\n';
    }
  }

  Random random_;
  const std::uint64_t seed_;
  const Size size_;
  const Steps steps_;
  std::ostream* const trace_;
  Keeper::Settings rules_;  // the same for all nodes
  std::size_t max_processing_instructions_ = 1000;
  std::size_t fault_rate_ = 0;  // one call in so many fails; 0: none
  std::size_t death_rate_ = 0;  // in one call in so many, the process dies
  std::size_t throw_rate_ = 0;  // one call of a refresher in so many throws
  bool jumps_ = false;
  bool shared_names_ = false;
  bool hangs_ = false;  // pollers hang, and are replaced

  MemoryStore store_;
  Watch watch_;
  std::unique_ptr<Connection> eyes_ = store_.connect(Access::read_only);
  SimNode::Time now_{std::chrono::hours(1000)};
  Contents truth_;
  std::vector<std::pair<std::size_t, std::int64_t>> uncommitted_;  // a cache, and its change
  std::map<std::int64_t, Changes> changes_of_;                     // by entry
  std::set<std::int64_t> gone_;                                    // changes that were taken back
  std::int64_t changes_ = 0;
  std::array<std::int64_t, kPageKeys> items_{};  // and what the other pages are made of
  std::vector<ItemChange> item_changes_;         // that no restore took
  std::uint64_t restores_ = 0;
  std::int64_t ticks_ = 0;  // the checker's time
  history::Checker checker_;
  const std::shared_ptr<SimShared> shared_ = std::make_shared<SimShared>();
  bool is_out_ = false;          // of reach
  int making_ = 0;               // pages
  std::uint64_t databases_ = 1;  // that the log was in
  std::uint64_t shared_hits_ = 0;
  std::uint64_t incarnations_ = 0;
  std::vector<std::unique_ptr<SimNode>> slots_{kSlots};
  std::map<std::string, Disk> disks_;
  SimNode* current_ = nullptr;  // in whose step we are
  int depth_ = 0;
  bool calm_ = false;
};

}  // namespace crier::test
