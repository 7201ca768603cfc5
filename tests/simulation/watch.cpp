// SPDX-License-Identifier: MIT
#include "simulation/watch.hpp"

#include <algorithm>

namespace crier::test {

void Watch::violated(const std::string& what) {
  if (violation_.empty()) {
    violation_ = what;
  }
}

void Watch::before(std::string_view operation, const SimNode&) {
  if (operation == "prune") {
    rows_ = store_.rows();
  }
}

void Watch::after(std::string_view operation, const SimNode& node) {
  if (operation == "beat") {
    beats_[node.incarnation()] = {node.reported, store_.now};
  } else if (operation == "publish_position") {
    if (const auto beat = beats_.find(node.incarnation()); beat != beats_.end()) {
      beat->second.position = node.reported;
    }
  } else if (operation == "hold") {
    after_hold(node);
  } else if (operation == "release") {
    grant_.until = node.incarnation() == grant_.holder ? grant_.since : grant_.until;
  } else if (operation == "prune") {
    after_prune(node);
  }
}

// A lease that a clock which was set back would make last is none.
bool Watch::valid(const Grant& grant) const {
  const Time left = grant.until - store_.now;
  return left > Time() && left <= 2 * (grant.until - grant.since);
}

// Also where its successor has said goodbye for it, since its process is gone.
bool Watch::has_stopped(const Guid& incarnation) const {
  const std::vector<NodeRecord> nodes = eyes_->nodes().list();
  return std::any_of(nodes.begin(), nodes.end(), [&](const NodeRecord& node) {
    return node.incarnation == incarnation && node.state == NodeState::stopped;
  });
}

void Watch::after_hold(const SimNode& node) {
  const bool free = !valid(grant_);
  const auto lease = eyes_->leases().holder();
  if (!lease) {
    violated("nobody holds the lease after " + node.name() + " asked for it");
    return;
  }
  const std::string number = std::to_string(lease->fencing);
  const auto [leader, first] = leaders_.emplace(lease->fencing, lease->holder);
  if (!first && leader->second != lease->holder) {
    violated("two nodes have led under number " + number);
  }
  if (lease->fencing < grant_.number) {
    violated("the lease's number went back to " + number);
  }
  if (free && lease->fencing == grant_.number) {
    violated("the lease was renewed after it had expired, under number " + number);
  }
  if (!free && lease->holder != grant_.holder && !has_stopped(grant_.holder)) {
    violated("a valid lease was taken away, number " + number);
  }
  if (lease->holder == node.incarnation()) {
    grant_ = {lease->holder, lease->fencing, store_.now, store_.now + rules_.lease_duration};
  }
}

void Watch::after_prune(const SimNode& node) {
  const std::vector<Entry> left = store_.rows();
  if (left.size() == rows_.size()) {
    return;
  }
  const EntryId through = rows_[rows_.size() - left.size() - 1].id;
  if (left.empty() || left.back() != rows_.back()) {
    violated("the newest row was pruned");
    return;
  }
  if (left.front().id <= through) {
    violated("rows were pruned from the middle");
  }
  if (!valid(grant_) || grant_.holder != node.incarnation()) {
    violated(node.name() + " pruned without a valid lease");
  }
  for (const NodeRecord& record : eyes_->nodes().list()) {
    const auto beat = beats_.find(record.incarnation);
    if (record.state != NodeState::stopped && beat != beats_.end() &&
        std::chrono::abs(store_.now - beat->second.at) <= window() + rules_.pruning.patience &&
        beat->second.position <= through) {
      violated("pruned through " + through.to_string() + ", past the node " + record.name + " at " +
               beat->second.position.to_string());
    }
  }
  for (const auto& kept : store_.kept_positions()) {
    if (kept.position && std::chrono::abs(store_.now - kept.seen) <= rules_.pruning.hard_cap &&
        *kept.position <= through) {
      violated("pruned through " + through.to_string() + ", past the kept position of " +
               kept.name + ", " + kept.position->to_string());
    }
  }
}

bool Watch::others_look_live(const std::set<Guid>& running, Time later) const {
  return std::any_of(beats_.begin(), beats_.end(), [&](const auto& beat) {
    const Time at = beat.second.at;
    return at >= store_.now - window() && at <= store_.now + later + window() &&
           !running.contains(beat.first);
  });
}

}  // namespace crier::test
