// SPDX-License-Identifier: MIT
#include "history/checker.hpp"

#include <algorithm>

namespace crier::history {

std::string_view to_string(Violation violation) noexcept {
  switch (violation) {
    case Violation::stale:
      return "stale";
    case Violation::unread_own:
      return "own write not read";
    case Violation::unwaited:
      return "stale after a wait";
    case Violation::went_back:
      return "went back";
    case Violation::taken_back:
      return "taken back by a restore";
    case Violation::uncommitted:
      return "never committed";
    case Violation::lost:
      return "lost";
  }
  return "unknown";
}

std::uint64_t Checker::count(Violation violation) const {
  const auto found = counts_.find(violation);
  return found == counts_.end() ? 0 : found->second;
}

std::uint64_t Checker::found() const {
  std::uint64_t all = 0;
  for (const auto& [violation, count] : counts_) {
    all += count;
  }
  return all;
}

std::uint64_t Checker::events(Kind kind) const {
  const auto found = events_.find(kind);
  return found == events_.end() ? 0 : found->second;
}

void Checker::find(Violation violation, const Event& event, const std::string& what) {
  constexpr std::size_t kShown = 50;
  ++counts_[violation];
  const std::int64_t version = event.kind == Kind::read ? event.version : 0;
  if (findings_.size() < kShown) {
    findings_.push_back({violation, print(event) + ": " + what, event.time, version});
  } else if (version != 0) {
    untold_.push_back({violation, "", event.time, version});
  }
}

void Checker::take(const Event& event) {
  ++events_[event.kind];
  switch (event.kind) {
    case Kind::start:
      nodes_[event.node] = {.began = event.time, .refreshed_at = event.time};
      break;
    case Kind::stop:
      nodes_.erase(event.node);
      break;
    case Kind::publish:
      published(event);
      break;
    case Kind::failed:
      failed(event);
      break;
    case Kind::committed:
    case Kind::acknowledged:
      acknowledged(event);
      break;
    case Kind::applied:
      applied(event);
      break;
    case Kind::at:
      moved(event);
      break;
    case Kind::resync:
      resynced(event);
      break;
    case Kind::load:
    case Kind::read:
      read(event);
      break;
    case Kind::waited:
      waited(event);
      break;
    case Kind::restore:
      restored(event);
      break;
    default:
      break;
  }
}

Checker::Node* Checker::placed(const std::string& name) {
  const auto found = nodes_.find(name);
  return found == nodes_.end() || found->second.in_doubt ? nullptr : &found->second;
}

void Checker::published(const Event& event) {
  Change& change = changes_[event.id];
  change = {.node = event.node,
            .time = event.time,
            .entry = event.entry,
            .first = event.first,
            .last = event.last,
            .keys = event.keys};
  by_version_[event.last] = &change;
}

void Checker::failed(const Event& event) {
  Change& change = changes_[event.id];
  change.failed = true;
  if (change.served) {
    find(Violation::uncommitted, event, "it was served before it was rolled back");
  }
}

void Checker::acknowledged(const Event& event) {
  Change& change = changes_[event.id];
  // It may be of the log that was replaced.
  if (!restores_.empty() && restores_.back().ended > change.time) {
    return;
  }
  if (event.kind == Kind::acknowledged) {
    change.entry = event.entry;
  }
  if (change.entry != 0) {
    enter(change, event);
  }
}

void Checker::enter(Change& change, const Event& event) {
  const bool is_new = by_entry_.insert_or_assign(change.entry, &change).second;
  for (auto& [name, node] : nodes_) {
    if (node.in_doubt) {
      continue;
    }
    for (const std::string& key : change.keys) {
      if (node.position >= change.entry || has_applied(node, key, change.entry)) {
        raise(node, event.time, change, Violation::stale, key);
      }
    }
    if (is_new && node.base < change.entry && node.verified >= change.entry) {
      check_lost(event, name, node, change);
    }
  }
  if (const auto own = nodes_.find(event.node);
      event.kind == Kind::acknowledged && own != nodes_.end() && own->second.began < change.time) {
    raise(own->second, event.time, change, Violation::unread_own);
  }
}

void Checker::raise(Node& node, std::int64_t time, const Change& change, Violation why,
                    std::string_view key) {
  constexpr std::size_t kKept = 256;  // a read that is longer under way than these is not judged
  for (const std::string& each : change.keys) {
    History& bounds = node.bounds[each];
    if ((!key.empty() && each != key) ||
        (!bounds.empty() && bounds.back().second.version >= change.first)) {
      continue;
    }
    if (bounds.size() == kKept) {
      bounds.erase(bounds.begin(), bounds.begin() + kKept / 2);
    }
    bounds.emplace_back(time, Bound{change.first, change.entry, why});
  }
}

bool Checker::has_applied(const Node& node, const std::string& key, std::int64_t entry) {
  const auto one = node.applied_key.find(key);
  const auto all = node.applied_cache.find(all_of(key));
  return (one != node.applied_key.end() && one->second >= entry) ||
         (all != node.applied_cache.end() && all->second >= entry);
}

void Checker::applied(const Event& event) {
  Node* const node = placed(event.node);
  if (node == nullptr) {
    return;
  }
  const auto told = by_entry_.find(event.entry);
  for (const std::string& key : event.keys) {
    std::int64_t& last = key == all_of(key) ? node->applied_cache[key] : node->applied_key[key];
    last = std::max(last, event.entry);
    if (told != by_entry_.end()) {
      raise(*node, event.time, *told->second, Violation::stale, key);
    }
  }
}

void Checker::reach(Node& node, std::int64_t entry, std::int64_t time, Violation why) {
  for (auto at = by_entry_.upper_bound(node.position); at != by_entry_.end() && at->first <= entry;
       ++at) {
    raise(node, time, *at->second, why);
  }
  if (entry > node.position) {
    node.position = entry;
  }
}

void Checker::moved(const Event& event) {
  Node* const node = placed(event.node);
  if (node == nullptr) {
    return;
  }
  if (node->base < 0) {
    node->base = event.entry;
  }
  // Not from its position: a wait may have moved that.
  for (auto at = by_entry_.upper_bound(node->verified);
       at != by_entry_.end() && at->first <= event.entry; ++at) {
    if (at->first > node->base) {
      check_lost(event, event.node, *node, *at->second);
    }
  }
  node->verified = std::max(node->verified, event.entry);
  reach(*node, event.entry, event.time, Violation::stale);
}

void Checker::check_lost(const Event& event, const std::string& name, const Node& node,
                         const Change& change) {
  if (change.node == name && change.time > node.began) {
    return;  // it has done it itself
  }
  for (const std::string& key : change.keys) {
    if (!has_applied(node, key, change.entry)) {
      find(Violation::lost, event,
           name + " has passed entry " + std::to_string(change.entry) + ", and has not applied " +
               key);
    }
  }
}

void Checker::resynced(const Event& event) {
  const auto found = nodes_.find(event.node);
  if (found == nodes_.end()) {
    return;
  }
  Node& node = found->second;
  node.in_doubt = false;
  node.refreshed_at = event.time;
  node.position = 0;
  node.applied_key.clear();
  node.applied_cache.clear();
  node.base = node.verified = event.entry;
  reach(node, event.entry, event.time, Violation::stale);
}

void Checker::waited(const Event& event) {
  if (!event.yes || (!restores_.empty() && restores_.back().ended > event.began)) {
    return;
  }
  for (const std::string& name : split(event.node)) {
    if (Node* const node = placed(name); node != nullptr && node->began < event.began) {
      reach(*node, event.entry, event.time, Violation::unwaited);
    }
  }
}

}  // namespace crier::history
