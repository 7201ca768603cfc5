// SPDX-License-Identifier: MIT
#include "testing/memory_cluster.hpp"

#include <crier/error.hpp>

#include "base/deadline.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace crier::testing {

bool MemoryCluster::Node::live(Time now) const {
  return !stopped && std::chrono::abs(now - beat) <= 3 * report.interval;
}

PauseOrder MemoryCluster::Node::pause(Time now) const {
  return {paused_until, std::max(Time(), paused_until - now), paused_by};
}

// What lies in the future was written while the clock was wrong.
bool MemoryCluster::Node::beaten_since(Time start, Time now) const {
  return start < beat && beat <= now;
}

// Or may have: one that slept for long is forgotten meanwhile.
bool MemoryCluster::has_moved_on(const Kept& kept, const Node* self, Time now) {
  const Node* const owner = find(kept.incarnation);
  const Time start = self == nullptr ? Time(-1) : self->started;
  return owner != nullptr && owner != self &&
         (owner->beaten_since(start, now) || (start < kept.seen && kept.seen <= now));
}

MemoryCluster::Node* MemoryCluster::find(const Guid& incarnation) {
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), [&](const Node& node) {
    return node.report.incarnation == incarnation;
  });
  return found == nodes_.end() ? nullptr : &*found;
}

bool MemoryCluster::began_before(const Node& one, const Node& other) {
  return std::tie(one.started, one.report.incarnation) <
         std::tie(other.started, other.report.incarnation);
}

BeatResult MemoryCluster::beat(const NodeReport& report, const IsGone& is_gone, Time now) {
  BeatResult around;
  Node* own = find(report.incarnation);
  const bool is_first = own == nullptr;
  if (is_first) {
    own = &nodes_.emplace_back();
    own->started = own->beat = own->error_at = now;
  } else if (own->report.last_error != report.last_error) {
    own->error_at = now;
  }
  around.gap = std::max(Time(), now - own->beat);
  around.before = is_first ? Time() : own->beat;
  around.at = now;
  around.pause = own->pause(now);
  own->report = report;
  for (std::string& sentence : own->report.troubles) {
    std::replace(sentence.begin(), sentence.end(), '\n', ' ');
  }
  own->beat = now;
  own->proved = now - bounded(report.proof_age);
  own->stopped.reset();

  const Node* namesake = nullptr;
  for (Node& other : nodes_) {
    if (&other == own || other.stopped) {
      continue;
    }
    if (other.report.name == report.name && is_gone && is_gone(other.report.process)) {
      other.stopped = now;
      release(other.report.incarnation, now);
      continue;
    }
    const bool live = other.live(now);
    around.alone = around.alone && !live;
    if (other.report.name != report.name) {
      continue;
    }
    const bool beaten_since = other.beaten_since(own->started, now);
    if (live && beaten_since && (namesake == nullptr || began_before(other, *namesake))) {
      namesake = &other;
    } else if (!live && !beaten_since) {
      other.stopped = other.beat;
    }
  }
  if (namesake != nullptr) {
    around.namesake =
        "host " + namesake->report.host + ", pid " + std::to_string(namesake->report.pid);
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
    record.proof_age = std::max(Time(), now - node.proved);
    record.beat_age = std::max(Time(), now - node.beat);
    record.uptime = std::max(Time(), node.beat - node.started);
    record.error_age =
        node.report.last_error.empty() ? Time() : std::max(Time(), now - node.error_at);
    record.lag =
        node.stopped ? 0 : std::max<std::int64_t>(0, newest.value - node.report.position.value);
    const Time left = node.paused_until - now;
    record.paused_for = node.stopped || left > kMostPausedFor ? Time() : std::max(Time(), left);
    record.paused_by = node.paused_by;
    record.stands &= !node.stopped;
    records.push_back(std::move(record));
  }
  std::stable_sort(records.begin(), records.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  return records;
}

std::size_t MemoryCluster::forget(std::string_view name, Time now) {
  std::size_t forgotten = std::erase_if(
      nodes_, [&](const Node& node) { return node.report.name == name && !node.live(now); });
  const bool anyone = std::any_of(nodes_.begin(), nodes_.end(),
                                  [&](const Node& node) { return node.report.name == name; });
  if (const auto kept = kept_.find(name); !anyone && kept != kept_.end()) {
    kept_.erase(kept);
    ++forgotten;
  }
  return forgotten;
}

std::size_t MemoryCluster::forget_older(Time age, Time position_age, const Fence& fence, Time now) {
  if (!holds(fence, now)) {
    return 0;
  }
  const auto older = [now](Time than, Time at) { return std::chrono::abs(now - at) > than; };
  const std::size_t forgotten = std::erase_if(nodes_, [&](const Node& node) {
    const auto kept = kept_.find(node.report.name);
    const bool owner = kept != kept_.end() && kept->second.incarnation == node.report.incarnation;
    return !owner && !node.live(now) && older(age, node.beat) &&
           older(age, node.stopped.value_or(node.beat));
  });
  std::erase_if(kept_, [&](const auto& kept) { return older(position_age, kept.second.seen); });
  return forgotten;
}

PositionClaim MemoryCluster::claim_position(const NodeReport& report, const IsGone& is_gone,
                                            Time now) {
  Kept& kept = kept_[report.name];
  const Node* owner = find(kept.incarnation);
  const bool gone = is_gone && is_gone(kept.process);
  const Node* self = find(report.incarnation);
  kept.contended |= has_moved_on(kept, self, now);
  if (owner != nullptr && kept.incarnation != report.incarnation && owner->live(now) && !gone) {
    return {false, kept.contended, std::nullopt};
  }
  if (kept.contended) {
    kept.cursor.reset();
  }
  kept = {report.incarnation, report.process, kept.cursor, now, kept.contended};
  return {true, kept.contended, kept.cursor};
}

bool MemoryCluster::save_position(const NodeReport& report, const Cursor& cursor, bool reset,
                                  Time now) {
  Kept& kept = kept_[report.name];  // anew, where it was forgotten meanwhile
  const bool own = kept.incarnation == report.incarnation;
  const Node* owner = find(kept.incarnation);
  if (!own && owner != nullptr && owner->live(now)) {
    const Node* self = find(report.incarnation);
    kept.contended |= has_moved_on(kept, self, now);
    return false;
  }
  if (!own || reset || !kept.cursor || cursor.id >= kept.cursor->id) {
    kept.cursor = cursor;
  }
  kept = {report.incarnation, report.process, kept.cursor, now, kept.contended};
  return true;
}

std::optional<PauseOrder> MemoryCluster::publish_position(const NodeReport& report, Time now) {
  Node* own = find(report.incarnation);
  if (own == nullptr || own->stopped) {
    return std::nullopt;
  }
  own->report.position = report.position;
  own->report.stands = report.stands;
  return own->pause(now);
}

std::size_t MemoryCluster::pause(std::string_view name, Time duration, std::string_view by,
                                 Time now) {
  if (duration < Time(1) || duration > kMostPausedFor) {
    throw Error("pause", "that is too long, or too short", Error::Kind::invalid_argument);
  }
  std::size_t count = 0;
  for (Node& node : nodes_) {
    if (node.report.name == name && node.live(now)) {
      node.paused_until = now + duration;
      node.paused_by = by;
      node.report.stands = false;
      ++count;
    }
  }
  return count;
}

std::size_t MemoryCluster::resume(std::string_view name, std::string_view by, Time now) {
  std::size_t count = 0;
  for (Node& node : nodes_) {
    if ((name.empty() || node.report.name == name) && node.paused_until > now) {
      node.paused_until = {};
      node.paused_by = by;
      node.report.stands = true;
      ++count;
    }
  }
  return count;
}

std::vector<MemoryCluster::PersistentPosition> MemoryCluster::kept() const {
  std::vector<PersistentPosition> positions;
  for (const auto& [name, kept] : kept_) {
    std::optional<EntryId> position;
    if (kept.cursor) {
      position = kept.cursor->id;
    }
    positions.push_back({name, kept.incarnation, position, kept.seen, kept.contended});
  }
  return positions;
}

std::optional<MemoryCluster::Floor> MemoryCluster::floor(const PruneOrder& order, Time now) const {
  std::optional<Floor> floor;
  const auto protect = [&floor](EntryId position, const std::string& name) {
    if (!floor || position < floor->position) {
      floor = Floor{position, name};
    }
  };
  for (const Node& node : nodes_) {
    // Not added to the intervals, since the sum could overflow.
    const Time silent = std::min(std::chrono::abs(now - node.beat), order.watched);
    if (!node.stopped && silent - order.patience <= 3 * node.report.interval) {
      protect(node.report.position, node.report.name);
    }
  }
  for (const PersistentPosition& kept : this->kept()) {
    if (kept.position && std::chrono::abs(now - kept.seen) <= order.hard_cap) {
      protect(*kept.position, kept.name);
    }
  }
  // Who has not been heard itself can't tell whether others were.
  if (order.fence && std::none_of(nodes_.begin(), nodes_.end(), [&](const Node& node) {
        return node.report.incarnation == order.fence->holder &&
               2 * std::chrono::abs(now - node.beat) <= 3 * node.report.interval;
      })) {
    protect({}, {});
  }
  return floor;
}

}  // namespace crier::testing
