// SPDX-License-Identifier: MIT
#include "testing/around.hpp"

#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include <algorithm>
#include <utility>

namespace crier::testing {

namespace {

// The world's store, as one node reaches it.
class NodeStore final : public Store {
 public:
  NodeStore(MemoryStore& store, MemoryGate gate) : store_(store), gate_(std::move(gate)) {}

  [[nodiscard]] const std::string& name() const noexcept override { return store_.name(); }
  [[nodiscard]] std::unique_ptr<Connection> connect(Access access) override {
    return store_.connect(access, gate_);
  }
  [[nodiscard]] Wakeup& wakeup() noexcept override { return store_.wakeup(); }
  [[nodiscard]] bool closes_idle() const noexcept override { return false; }

 private:
  MemoryStore& store_;  // the gate keeps what it is part of
  const MemoryGate gate_;
};

}  // namespace

std::shared_ptr<Store> TestNode::Around::open_store() {
  return std::make_shared<NodeStore>(
      world_->store,
      [self = shared_from_this()](std::string_view operation) { self->before_call(operation); });
}

void TestNode::Around::before_call(std::string_view operation) {
  if (crashed) {
    throw Error(std::string(operation), "memory: node " + name_ + " has crashed");
  }
  world_->faults.pass(operation, world_->clock);
  faults.pass(operation, world_->clock);
}

void TestNode::Around::begin(std::function<EntryId()> position) {
  const std::lock_guard lock(mutex_);
  position_ = std::move(position);
}

void TestNode::Around::add(WorkerKind kind, std::weak_ptr<SteppedWorker> worker) {
  const std::lock_guard lock(mutex_);
  workers_.push_back({kind, std::move(worker)});
}

EntryId TestNode::Around::position() const {
  std::unique_lock lock(mutex_);
  const std::function<EntryId()> position = position_;
  lock.unlock();
  return position ? position() : EntryId();
}

std::vector<TestNode::Around::Worker> TestNode::Around::workers() {
  std::unique_lock lock(mutex_);
  std::vector<Worker> all;
  std::erase_if(workers_, [&](const Added& added) {
    std::shared_ptr<SteppedWorker> steps = added.steps.lock();
    const bool is_gone = steps == nullptr;
    if (!is_gone) {
      all.push_back({added.kind, std::move(steps)});
    }
    return is_gone;
  });
  lock.unlock();  // a step that adds a worker has a lock of its own
  std::erase_if(all, [](const Worker& worker) { return worker.steps->next_due() == Time::max(); });
  return all;
}

TestNode::Around::Time TestNode::Around::next_due() {
  Time first = Time::max();
  if (!held && !crashed) {
    for (const Worker& worker : workers()) {
      first = std::min(first, worker.steps->next_due());
    }
  }
  return first;
}

std::size_t TestNode::Around::run_due() {
  std::size_t steps = 0;
  for (const Worker& worker : workers()) {
    if (!held && !crashed && worker.steps->next_due() <= now()) {
      worker.steps->step();
      ++steps;
    }
  }
  return steps;
}

bool TestNode::Around::poll() {
  bool polled = false;
  for (const Worker& worker : workers()) {
    const bool is_poller = worker.kind == WorkerKind::poller;
    // What waits for an entry hears of it.
    if (is_poller || worker.kind == WorkerKind::waits) {
      worker.steps->step();
    }
    polled = polled || is_poller;
  }
  return polled;
}

}  // namespace crier::testing
