// SPDX-License-Identifier: MIT
// What must hold when the faults are over.
#include "simulation/history.hpp"

#include <algorithm>
#include <set>

namespace crier::test {

using namespace std::chrono_literals;

void History::converge() {
  trace("all calms down");
  calm_ = true;
  for (std::size_t i = random_.below(size_.width + 1); i > 0; --i) {
    start();
  }
  std::vector<SimNode*> running;
  std::set<Guid> incarnations;
  for (const auto& node : slots_) {
    if (node != nullptr && !node->paused) {
      running.push_back(node.get());
      incarnations.insert(node->incarnation());
    }
  }
  // Until those that are gone are seen to be gone, and leases that were theirs have ended.
  do {
    pass(1min);
  } while (watch_.others_look_live(incarnations, 1min));
  store_.connect(Access::read_write)->nodes().resume("", "operator");
  beat(running);
  for (const Time pause : {0ms, 200ms}) {  // what was handed over first, and then what the log says
    pass(pause);
    for (SimNode* node : running) {
      poll(*node);
    }
  }
  beat(running);
  for (SimNode* node : running) {
    for (std::size_t key = 0; key < kItemKeys; ++key) {
      read_item(*node, key);
    }
    for (std::size_t key = 0; key < kPageKeys && node->has_pages(); ++key) {
      read_page(*node, key);
    }
  }
  check_converged(running);
  if (!jumps_ && rules_.pruning.interval <= 10s) {
    check_pruned(running);
  }
}

void History::beat(const std::vector<SimNode*>& running) {
  pass(4s);
  for (SimNode* node : running) {
    tick(*node);
  }
}

void History::check_cache(const std::string& name, const Changes& cache, const Changes& truth) {
  const auto [has, is] = std::mismatch(cache.begin(), cache.end(), truth.begin(), truth.end());
  if (is != truth.end() && (has == cache.end() || *is < *has)) {
    watch_.violated(name + " has missed change " + std::to_string(*is));
  } else if (has != cache.end()) {
    watch_.violated(name + " has change " + std::to_string(*has) + ", which was taken back");
  }
}

void History::check_converged(const std::vector<SimNode*>& running) {
  std::size_t leaders = 0;
  for (const SimNode* node : running) {
    for (std::size_t i = 0; i < kCaches.size(); ++i) {
      check_cache(node->name(), node->cache()[i], truth_[i]);
    }
    if (node->position() != newest()) {
      watch_.violated(node->name() + " stands at " + node->position().to_string() +
                      ", and not at the end");
    }
    const Role role = node->role(now_);
    const bool leads = role == Role::single || role == Role::scheduling_publisher;
    leaders += leads ? 1 : 0;
    if (role != (!leads                ? Role::subscriber
                 : running.size() == 1 ? Role::single
                                       : Role::scheduling_publisher)) {
      watch_.violated("of " + std::to_string(running.size()) + " nodes, " + node->name() + " is " +
                      std::string(to_string(role)));
    }
  }
  if (leaders != (running.empty() ? 0 : 1)) {
    watch_.violated(std::to_string(leaders) + " nodes lead");
  }
}

// Nothing stays that may go: what stands before all who are here and all who may come back.
void History::check_pruned(const std::vector<SimNode*>& running) {
  if (running.empty() || newest().value == 0) {
    return;
  }
  pass(rules_.pruning.retention + 1s);
  // After such a break, all that have not stopped are waited for.
  const Time patience = 3 * rules_.node.interval + rules_.pruning.patience;
  for (Time waited{}; waited <= rules_.pruning.interval + patience + 4s; waited += 4s) {
    beat(running);
  }
  EntryId floor = newest();
  const Time held = rules_.pruning.hard_cap + rules_.pruning.interval + 4s;  // in the last round
  for (const auto& kept : store_.kept_positions()) {
    if (kept.position && store_.now - kept.seen <= held) {
      floor = std::min(floor, *kept.position);
    }
  }
  if (const EntryId oldest = eyes_->log().bounds()->oldest; oldest < floor) {
    watch_.violated("entry " + oldest.to_string() + " should have been pruned, as all before " +
                    floor.to_string());
  }
}

}  // namespace crier::test
