// SPDX-License-Identifier: MIT
#include "testing/world_state.hpp"

#include <crier/error.hpp>

#include "testing/around.hpp"

#include <algorithm>
#include <utility>

namespace crier::testing {

World::State::State() {
  store.process_is_gone = [this](std::string_view process) {
    const std::lock_guard lock(mutex_);
    return died_.contains(process);
  };
}

void World::State::add(const std::shared_ptr<TestNode::Around>& node) {
  const std::lock_guard lock(stepping);
  nodes_.push_back(node);
}

std::string World::State::new_process() { return "by hand " + std::to_string(++processes_); }

void World::State::process_died(std::string_view process) {
  const std::lock_guard lock(mutex_);
  died_.emplace(process);
}

std::vector<std::shared_ptr<TestNode::Around>> World::State::nodes() {
  std::vector<std::shared_ptr<TestNode::Around>> all;
  for (const std::weak_ptr<TestNode::Around>& node : nodes_) {
    if (auto there = node.lock()) {
      all.push_back(std::move(there));
    }
  }
  return all;
}

World::State::Time World::State::next_due() {
  Time first = Time::max();
  for (const auto& node : nodes()) {
    first = std::min(first, node->next_due());
  }
  return first;
}

std::size_t World::State::settle() {
  constexpr std::size_t kMost = 100'000;
  const std::lock_guard lock(stepping);
  std::size_t steps = 0;
  while (true) {
    const std::size_t before = steps;
    for (const auto& node : nodes()) {
      steps += node->run_due();
    }
    if (steps == before) {
      return steps;
    }
    if (steps > kMost) {
      throw Error("settle",
                  "the nodes do not come to rest: after " + std::to_string(steps) +
                      " steps there is still something due; does a refresher publish what sets it "
                      "off again?");
    }
  }
}

void World::State::advance_to(Time target) {
  const std::lock_guard lock(stepping);
  for (Time next = next_due(); next <= target; next = next_due()) {
    clock.set(next);
    settle();
  }
  clock.set(target);
}

void World::State::pass(Time until) {
  const std::lock_guard lock(stepping);
  if (settle() == 0) {
    clock.set(std::min(next_due(), until));
  }
}

}  // namespace crier::testing
