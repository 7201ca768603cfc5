// SPDX-License-Identifier: MIT
// What a read is held against, and what a restore takes.
#include "history/checker.hpp"

#include <algorithm>

namespace crier::history {

namespace {

std::string number(std::int64_t value) { return std::to_string(value); }

}  // namespace

void Checker::restored(const Event& event) {
  restores_.push_back({event.began, event.time, event.first, event.last});
  acquit(restores_.back());
  by_entry_.erase(by_entry_.upper_bound(event.entry), by_entry_.end());
  for (auto& [name, node] : nodes_) {
    // Whoever has noticed since it began stands in the log that is there now.
    node.in_doubt = node.refreshed_at <= event.began;
    node.bounds.clear();
    node.served.clear();
  }
}

void Checker::acquit(const Restored& restore) {
  for (std::vector<Finding>* const findings : {&findings_, &untold_}) {
    std::erase_if(*findings, [&](const Finding& one) {
      const bool may_be_restored =
          one.version != 0 && one.time > restore.began && one.version < restore.first;
      counts_[one.violation] -= may_be_restored ? 1 : 0;
      return may_be_restored;
    });
  }
}

bool Checker::is_gone(std::int64_t version) const {
  return std::any_of(restores_.begin(), restores_.end(), [version](const Restored& restore) {
    return restore.first <= version && version <= restore.last;
  });
}

Checker::Change* Checker::committing(const Event& event) {
  const auto found = by_version_.lower_bound(event.version);
  if (found == by_version_.end() || found->second->first > event.version) {
    return nullptr;
  }
  const std::vector<std::string>& keys = found->second->keys;
  const std::string cache = all_of(event.keys[0]);
  const bool named = std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
    return key == event.keys[0] || key == cache;
  });
  return named ? found->second : nullptr;
}

const Checker::Bound* Checker::bound_of(const Node& node, const Event& read) {
  const Bound* newest = nullptr;
  for (const std::string& key : {read.keys[0], all_of(read.keys[0])}) {
    const auto found = node.bounds.find(key);
    if (found == node.bounds.end()) {
      continue;
    }
    const History& bounds = found->second;
    const auto last = std::find_if(bounds.rbegin(), bounds.rend(),
                                   [&](const auto& bound) { return bound.first < read.began; });
    if (last != bounds.rend() && (newest == nullptr || last->second.version > newest->version)) {
      newest = &last->second;
    }
  }
  return newest;
}

void Checker::read(const Event& event) {
  const auto found = nodes_.find(event.node);
  if (event.version == 0 || found == nodes_.end()) {
    return;
  }
  Node& node = found->second;
  Change* const change = committing(event);
  if (change == nullptr || change->failed) {
    find(Violation::uncommitted, event,
         change == nullptr ? "nobody had begun to commit that" : "it was rolled back");
    return;
  }
  change->served = true;
  if (event.kind == Kind::load) {
    return;
  }
  ++reads_;
  if (is_gone(event.version)) {
    if (!node.in_doubt && event.began > node.refreshed_at) {
      find(Violation::taken_back, event, "its node had refreshed everything since");
    }
    return;
  }
  if (const Bound* const bound = bound_of(node, event)) {
    ++bounded_;
    if (event.version < bound->version) {
      find(bound->why, event,
           "entry " + number(bound->entry) + " had told of " + number(bound->version));
      return;
    }
  }
  check_order(event, node);
}

void Checker::check_order(const Event& event, Node& node) {
  constexpr std::size_t kKept = 64;
  std::vector<Served>& served = node.served[event.keys[0]];
  for (const Served& one : served) {
    if (one.ended < event.began && one.version > event.version) {
      find(Violation::went_back, event, "a read had given " + number(one.version) + " before");
      return;
    }
  }
  if (std::any_of(served.begin(), served.end(),
                  [&](const Served& one) { return one.version == event.version; })) {
    return;  // the first to end bounds most
  }
  if (served.size() == kKept) {
    served.erase(served.begin());
  }
  served.push_back({event.version, event.time});
}

}  // namespace crier::history
