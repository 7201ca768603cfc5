// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A test kit for applications: nodes over a log in memory, which are stepped by hand, with a clock
/// that is set and faults that are switched on. Link crier::testing. It needs no test framework,
/// and goes with each.

#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/instruction.hpp>
#include <crier/object_cache.hpp>
#include <crier/observer.hpp>
#include <crier/options.hpp>
#include <crier/shared_cache.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The test kit.
namespace crier::testing {

/// What is wrong with the database, as a node sees it.
enum class StoreFault : std::uint8_t {
  none,
  unreachable,  ///< each call fails, as one whose connection was lost
  read_only,    ///< each call that writes is refused, as by a standby; reading goes well
};

class World;

/// What a test does to one node, and sees of it. Thread-safe. Lives as long as its World.
class CRIER_EXPORT TestNode {
 public:
  TestNode(const TestNode&) = delete;
  TestNode& operator=(const TestNode&) = delete;
  ~TestNode();

  /// As it was given to World::options().
  [[nodiscard]] const std::string& name() const noexcept;

  /// The node looks at the log once: reads what is new, and runs its refreshers. What the entries
  /// say is then applied, unless a refresher failed or the store did. Works while it is held, too.
  /// Throws crier::Error if the node does not run.
  void step();
  /// The last entry that it has applied; 0 before its start and after its end. See
  /// Node::position().
  [[nodiscard]] EntryId position() const;

  /// From now on settle() and advance() leave it out: as a process that a debugger has stopped, or
  /// a virtual machine that is moved. It can publish all the same.
  void hold();
  /// Ends that. What has become due meanwhile runs with the next settle().
  void release();
  /// From now on it does nothing, and nothing that it does reaches the log: as a process that was
  /// killed. Destroy its Node next, which says no goodbye then. Who starts again asks
  /// World::options() for new ones, under the same name.
  void crash();

  /// Of this node's calls alone: see World.
  void fail(StoreFault fault);
  /// The same for time that each call takes.
  void slow_down(std::chrono::milliseconds each_call);
  /// Ends both.
  void mend();

  /// Each time that it has refreshed everything, in order: why, and from where it went on.
  [[nodiscard]] std::vector<Resync> resyncs() const;
  /// What it has reported as a warning or an error, in order: refreshers and polls that failed, for
  /// two. It goes to Options::log as well, and to stderr not at all.
  [[nodiscard]] std::vector<std::string> messages() const;

  /// The shared cache in the log's database, for this node's HybridCache: as open_shared_cache()
  /// gives it for Options::store. All nodes of a World have the same entries; the node's faults
  /// are its own. May outlive the World.
  [[nodiscard]] std::shared_ptr<SharedCache> shared_cache(
      const SharedCacheOptions& options = {}) const;

 private:
  friend class World;
  class Around;
  explicit TestNode(std::shared_ptr<Around> around);

  const std::shared_ptr<Around> around_;
};

/// A log in memory, a clock, and the nodes that live by these:
///
///   crier::testing::World world;
///   Shop one(world.options("web-1")), other(world.options("web-2"));  // each starts a crier::Node
///   one.change_price(42, "14.90");                                    // publishes
///   world.settle();                                                   // web-2 applies it
///
/// The nodes are crier's own, with another store, another clock, and no threads. Publishing runs
/// this node's refreshers and appends to the log, before it returns, as ever. Everything else
/// happens when the test says so: in step(), settle() and advance(), on the thread that calls them.
///
/// A node that is rung for reads the log: no entry comes with the ring, as it may from a database.
///
/// A call that waits (Node::wait_applied(), Node::wait_everywhere()) has all nodes settle, and the
/// clock set on if that is not enough: it ends as it would in time, and takes none.
///
/// What is not in hand: threads of the application's own, and of the executors that it gives to its
/// caches. A refresher that hangs, hangs the test. HybridOptions::one_load_across_nodes has a node
/// sleep while another one loads. There is no database in which an application could have a
/// transaction: test these (transact(), TransactionBatch) with SQLite and a file. Redis is not
/// simulated, nor are migrations.
///
/// Thread-safe, but settle(), advance() and step() run one at a time. Declare it before what has
/// its nodes.
class CRIER_EXPORT World {
 public:
  /// Begins with an empty log and no nodes.
  World();
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// For one Node, and the starts of that one: `base`, with this world's store and clock, and the
  /// name. Only `base.store`, `base.password`, `base.migrate_on_start` and `base.node_name` have no
  /// meaning. Throws an invalid_argument Error for an empty name.
  [[nodiscard]] Options options(std::string name, Options base = {});
  /// The node for which options() was called under that name, the last time. Throws an
  /// invalid_argument Error if it was not.
  [[nodiscard]] TestNode& node(std::string_view name);

  // Time.

  /// Has all nodes do what is due by now, until nothing is left: what was published is applied
  /// everywhere. No time passes. Throws crier::Error if that does not end, as of refreshers that
  /// publish for ever.
  void settle();
  /// Sets the clock on by so long, and has all nodes do what becomes due on the way, in order:
  /// polls, beats, retries. An hour of a node is some ten thousand steps, which take a part of a
  /// second. Throws as settle() does, and an invalid_argument Error for a duration below 0.
  void advance(std::chrono::milliseconds duration);
  /// For the application's caches, so that they expire by this clock: RegionOptions::clock,
  /// HybridOptions::clock, the last argument of AppCache. May outlive the World.
  [[nodiscard]] CacheClock clock() const;
  /// What the nodes take for std::chrono::steady_clock::now().
  [[nodiscard]] std::chrono::steady_clock::time_point now() const;

  // What goes wrong, for all nodes.

  /// From now on, and in place of the fault before.
  void fail(StoreFault fault);
  /// Each call of the store sets the clock on by so long, and fails if that is longer than its
  /// deadline of 5 s.
  void slow_down(std::chrono::milliseconds each_call);
  /// Ends both.
  void mend();

  // What becomes of the log. Nodes see it at their next look.

  /// Another application publishes; the id of its entry. Throws an invalid_argument Error if there
  /// are no instructions.
  EntryId append(std::span<const Instruction> instructions,
                 std::string originated = "another application");
  /// Another writer's row, whatever it holds: text that is no JSON can't be decoded.
  EntryId append_row(std::string json, std::string originated = "another application");
  /// The log is restored from a backup in which `newest` was the last entry: what came after it is
  /// gone, and its ids are given anew. Nodes that had read more refresh everything.
  void restore_to(EntryId newest);
  /// The entries through `last` are pruned, whether or not each node has read them; the newest
  /// stays. A node that was further behind refreshes everything.
  void prune_through(EntryId last);

  // What it holds.

  /// The newest entry's id; 0: there is none.
  [[nodiscard]] EntryId newest() const;
  /// Its entries, oldest first, each as `crier list --json` prints it. Canaries, by which nodes
  /// prove that they are fresh, are left out.
  [[nodiscard]] std::vector<std::string> log() const;

 private:
  friend class TestNode;
  class State;

  const std::shared_ptr<State> state_;
  std::vector<std::unique_ptr<TestNode>> nodes_;
};

}  // namespace crier::testing
