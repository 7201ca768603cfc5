// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/history.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace crier::testing {

/// A history as plain rows. Not thread-safe.
class MemoryHistory {
 public:
  void record(std::span<const EventRecord> events) {
    for (const EventRecord& event : events) {
      events_.push_back(event);
      events_.back().id = ++recorded_;
    }
  }
  std::size_t record_silent(const std::vector<NodeRecord>& nodes,
                            std::chrono::milliseconds watched) {
    std::size_t count = 0;
    for (const NodeRecord& node : nodes) {
      const auto told = std::ranges::find_if(events_, [&](const EventRecord& event) {
        return event.kind == "silent" && event.incarnation == node.incarnation;
      });
      if (node.state == NodeState::stale && 3 * node.interval < watched && told == events_.end()) {
        EventRecord event;
        event.kind = "silent";
        event.node = node.name;
        event.incarnation = node.incarnation;
        record({&event, 1});
        ++count;
      }
    }
    return count;
  }
  [[nodiscard]] std::vector<EventRecord> events(const EventQuery& query) const {
    std::vector<EventRecord> chosen;
    std::ranges::copy_if(events_, std::back_inserter(chosen), [&](const EventRecord& event) {
      return (query.node.empty() || event.node == query.node) &&
             (query.kind.empty() || event.kind == query.kind);
    });
    return chosen;
  }
  void declare(const NodeReport& node, std::span<const RefresherRecord> refreshers) {
    std::erase_if(refreshers_,
                  [&](const RefresherRecord& one) { return one.incarnation == node.incarnation; });
    for (RefresherRecord one : refreshers) {
      one.node = node.name;
      one.incarnation = node.incarnation;
      refreshers_.push_back(one);
    }
  }
  [[nodiscard]] std::vector<RefresherRecord> refreshers(
      const std::vector<NodeRecord>& nodes) const {
    std::vector<RefresherRecord> chosen;
    for (RefresherRecord one : refreshers_) {
      const auto node = std::ranges::find(nodes, one.incarnation, &NodeRecord::incarnation);
      if (node != nodes.end()) {
        one.state = node->state;
        chosen.push_back(one);
      }
    }
    return chosen;
  }
  void record_progress(const NodeReport& node, std::span<const ProgressMark> marks, bool anew) {
    std::map<std::int64_t, std::chrono::milliseconds>& told = marks_[node.incarnation];
    if (anew) {
      told.clear();
    }
    for (const ProgressMark& mark : marks) {
      told.emplace(mark.position.value, mark.at);
    }
  }
  [[nodiscard]] std::vector<Passage> passages(EntryId entry, const std::vector<NodeRecord>& nodes,
                                              EntryId newest, std::chrono::milliseconds now) {
    std::vector<Passage> passages;
    for (const NodeRecord& node : nodes) {
      Passage passage{node.incarnation, {}, {}, node.position, newest, now - node.beat_age};
      for (const auto& [position, at] : marks_[node.incarnation]) {
        const ProgressMark mark{{position}, at};
        if (mark.position < entry) {
          passage.before = mark;
        } else {
          passage.after = passage.after.value_or(mark);
        }
      }
      passages.push_back(passage);
    }
    return passages;
  }
  void forget_old(const std::vector<NodeRecord>& nodes) {
    std::erase_if(marks_, [&](const auto& of_node) {
      return std::ranges::find(nodes, of_node.first, &NodeRecord::incarnation) == nodes.end();
    });
    std::erase_if(refreshers_, [&](const RefresherRecord& one) {
      return std::ranges::find(nodes, one.incarnation, &NodeRecord::incarnation) == nodes.end();
    });
    if (events_.size() > History::kMaxEvents) {
      events_.erase(events_.begin(),
                    events_.end() - static_cast<std::ptrdiff_t>(History::kMaxEvents));
    }
  }

 private:
  std::vector<EventRecord> events_;  // oldest first
  std::int64_t recorded_ = 0;
  std::vector<RefresherRecord> refreshers_;
  std::map<Guid, std::map<std::int64_t, std::chrono::milliseconds>> marks_;  // of all positions
};

}  // namespace crier::testing
