// SPDX-License-Identifier: MIT
#include "support/memory_cluster.hpp"

#include <algorithm>
#include <utility>

namespace crier::test {

bool MemoryCluster::Node::live(Time now) const {
  return !stopped && std::chrono::abs(now - beat) <= 3 * report.interval;
}

// The second bound: a lease that was granted before the clock was set back does not last for as
// long as that.
bool MemoryCluster::Held::valid(Time now) const {
  return now < expires && expires - now <= 2 * (expires - since);
}

MemoryCluster::Node* MemoryCluster::find(const Guid& incarnation) {
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& node) {
    return node.report.incarnation == incarnation;
  });
  return found == nodes_.end() ? nullptr : &*found;
}

Surroundings MemoryCluster::beat(const NodeReport& report, EntryId newest, Time now) {
  Node* own = find(report.incarnation);
  if (own == nullptr) {
    own = &nodes_.emplace_back();
    own->started = now;
    own->error_at = now;
  } else if (own->report.last_error != report.last_error) {
    own->error_at = now;
  }
  own->report = report;
  own->beat = now;
  own->stopped.reset();
  own->lag = std::max<std::int64_t>(0, newest.value - report.position.value);

  Surroundings around;
  for (Node& other : nodes_) {
    if (&other == own || other.stopped) {
      continue;
    }
    const bool live = other.live(now);
    around.alone = around.alone && !live;
    if (other.report.name != report.name) {
      continue;
    }
    if (live && other.beat > own->started) {
      around.namesake = "host " + other.report.host + ", pid " + std::to_string(other.report.pid);
    } else if (!live && other.beat <= own->started) {
      other.stopped = other.beat;
    }
  }
  return around;
}

void MemoryCluster::goodbye(const Guid& incarnation, Time now) {
  if (Node* node = find(incarnation)) {
    node->stopped = now;
  }
}

std::vector<NodeRecord> MemoryCluster::list(EntryId newest, Time now) const {
  std::vector<NodeRecord> records;
  for (const Node& node : nodes_) {
    NodeRecord record;
    static_cast<NodeReport&>(record) = node.report;
    const bool live = node.live(now);
    record.state = node.stopped ? NodeState::stopped : live ? NodeState::live : NodeState::stale;
    record.beat_age = std::max(Time(), now - node.beat);
    record.uptime = std::max(Time(), node.beat - node.started);
    record.error_age =
        node.report.last_error.empty() ? Time() : std::max(Time(), now - node.error_at);
    record.lag =
        live ? node.lag : std::max<std::int64_t>(0, newest.value - node.report.position.value);
    records.push_back(std::move(record));
  }
  std::stable_sort(records.begin(), records.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  return records;
}

std::size_t MemoryCluster::forget(std::string_view name, Time now) {
  const std::size_t forgotten = std::erase_if(
      nodes_, [&](const Node& node) { return node.report.name == name && !node.live(now); });
  const bool anyone = std::any_of(nodes_.begin(), nodes_.end(),
                                  [&](const Node& node) { return node.report.name == name; });
  if (const auto kept = kept_.find(name); !anyone && kept != kept_.end()) {
    kept_.erase(kept);
  }
  return forgotten;
}

std::size_t MemoryCluster::forget_older(Time age, Time position_age, const Fence& fence, Time now) {
  if (!holds(fence, now)) {
    return 0;
  }
  std::erase_if(kept_, [&](const auto& kept) { return now - kept.second.seen > position_age; });
  return std::erase_if(nodes_, [&](const Node& node) {
    return !node.live(now) && now - std::max(node.beat, node.stopped.value_or(node.beat)) > age;
  });
}

PositionClaim MemoryCluster::claim_position(const NodeReport& report, const IsGone& is_gone,
                                            Time now) {
  Kept& kept = kept_[report.name];
  const Node* owner = find(kept.incarnation);
  const bool gone = kept.host == report.host && is_gone && is_gone(kept.pid);
  if (owner != nullptr && kept.incarnation != report.incarnation && owner->live(now) && !gone) {
    kept.contended = true;
    return {};
  }
  if (kept.contended) {
    // For good, not for this claim only: its node may end before it has saved anything.
    kept.cursor.reset();
  }
  kept = {report.incarnation, report.host, report.pid, kept.cursor, now, false};
  return {true, kept.cursor};
}

bool MemoryCluster::save_position(std::string_view name, const Guid& incarnation,
                                  const Cursor& cursor, bool reset, Time now) {
  const auto found = kept_.find(name);
  if (found == kept_.end()) {
    // Forgotten meanwhile: kept anew.
    const Node* node = find(incarnation);
    kept_[std::string(name)] = {incarnation,
                                node == nullptr ? "" : node->report.host,
                                node == nullptr ? 0 : node->report.pid,
                                cursor,
                                now,
                                false};
    return true;
  }
  Kept& kept = found->second;
  if (kept.incarnation != incarnation) {
    kept.contended = true;
    return false;
  }
  if (reset || !kept.cursor || cursor.id >= kept.cursor->id) {
    kept.cursor = cursor;
  }
  kept.seen = now;
  return true;
}

std::int64_t MemoryCluster::ask(EntryId entry, Time timeout, Time now) {
  std::erase_if(asks_, [&](const auto& ask) { return ask.second.until <= now; });
  constexpr Time kYear = std::chrono::hours(24 * 366);  // the sum must not overflow
  asks_[++asked_] = {entry, now + std::min(timeout, kYear)};
  return asked_;
}

void MemoryCluster::answered(std::int64_t serial) { asks_.erase(serial); }

std::vector<Ask> MemoryCluster::asks_after(std::int64_t serial, Time now) const {
  constexpr std::size_t kMost = 1000;
  std::vector<Ask> asks;
  for (auto ask = asks_.upper_bound(serial); ask != asks_.end() && asks.size() < kMost; ++ask) {
    if (ask->second.until > now) {
      asks.push_back({ask->first, ask->second.entry});
    }
  }
  return asks;
}

Lease MemoryCluster::hold(const Guid& holder, Time duration, Time now) {
  const bool valid = lease_.valid(now);
  if (!valid || lease_.holder == holder) {
    lease_ = {holder, lease_.fencing + (valid ? 0 : 1), now, now + duration};
  }
  return {lease_.holder, lease_.fencing, lease_.expires - now};
}

void MemoryCluster::release(const Guid& holder, Time now) {
  if (lease_.holder == holder) {
    lease_.since = lease_.expires = now;
  }
}

std::optional<Lease> MemoryCluster::holder(Time now) const {
  if (!lease_.valid(now)) {
    return std::nullopt;
  }
  return Lease{lease_.holder, lease_.fencing, lease_.expires - now};
}

bool MemoryCluster::holds(const Fence& fence, Time now) const {
  return lease_.valid(now) && lease_.holder == fence.holder && lease_.fencing == fence.number;
}

std::vector<MemoryCluster::KeptPosition> MemoryCluster::kept() const {
  std::vector<KeptPosition> positions;
  for (const auto& [name, kept] : kept_) {
    std::optional<EntryId> position;
    if (kept.cursor) {
      position = kept.cursor->id;
    }
    positions.push_back({name, kept.incarnation, position, kept.seen});
  }
  return positions;
}

std::optional<MemoryCluster::Floor> MemoryCluster::floor(Time hard_cap, Time now) const {
  std::optional<Floor> floor;
  const auto protect = [&floor](EntryId position, const std::string& name) {
    if (!floor || position < floor->position) {
      floor = Floor{position, name};
    }
  };
  for (const Node& node : nodes_) {
    if (node.live(now)) {
      protect(node.report.position, node.report.name);
    }
  }
  for (const KeptPosition& kept : this->kept()) {
    if (kept.position && now - kept.seen <= hard_cap) {
      protect(*kept.position, kept.name);
    }
  }
  return floor;
}

}  // namespace crier::test
