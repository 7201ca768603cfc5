// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/surroundings.hpp>
#include <crier/testing.hpp>

#include "testing/faults.hpp"
#include "testing/witness.hpp"
#include "testing/world_state.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace crier::testing {

/// What one node lives by in place of a database, a clock and threads.
class TestNode::Around final : public Surroundings,
                               public std::enable_shared_from_this<TestNode::Around> {
 public:
  Around(std::shared_ptr<World::State> world, std::string name, std::shared_ptr<Witness> witness)
      : world_(std::move(world)), name_(std::move(name)), witness_(std::move(witness)) {}

  [[nodiscard]] std::shared_ptr<Store> open_store() override;
  [[nodiscard]] Time now() const noexcept override { return world_->clock.now(); }
  [[nodiscard]] std::string process() const override { return process_; }
  void begin(std::function<EntryId()> position) override;
  void add(WorkerKind kind, std::weak_ptr<SteppedWorker> worker) override;
  void pass(Time until) override { world_->pass(until); }

  /// Before each call of the store.
  void before_call(std::string_view operation);
  [[nodiscard]] EntryId position() const;

  // Under World::State::stepping.

  /// Of those that have not ended; Time::max() if its steps don't run.
  [[nodiscard]] Time next_due();
  /// One step of each that is due; the number of these.
  std::size_t run_due();
  /// One step of its poller, due or not. False if there is none.
  bool poll();

  [[nodiscard]] World::State& world() { return *world_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Witness& witness() const { return *witness_; }

  Faults faults;
  std::atomic<bool> held = false;
  std::atomic<bool> crashed = false;

 private:
  struct Worker {
    WorkerKind kind;
    std::shared_ptr<SteppedWorker> steps;
  };
  struct Added {
    WorkerKind kind;
    std::weak_ptr<SteppedWorker> steps;  // which keep what this is part of
  };
  /// A copy, since a step may start further ones; those that have ended are left out.
  [[nodiscard]] std::vector<Worker> workers();

  const std::shared_ptr<World::State> world_;
  const std::string name_;
  const std::shared_ptr<Witness> witness_;
  const std::string process_ = world_->new_process();
  mutable std::mutex mutex_;
  std::vector<Added> workers_;         // guarded by mutex_, as is the next
  std::function<EntryId()> position_;  // empty before the start
};

}  // namespace crier::testing
