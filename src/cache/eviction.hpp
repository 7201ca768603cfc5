// SPDX-License-Identifier: MIT
#pragma once

#include "cache/ghosts.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace crier {

// What a node of an EvictionQueue has.
template <class Node>
struct EvictionHook {
  Node* newer = nullptr;
  Node* older = nullptr;
};

// Owns no nodes.
template <class Node>
class EvictionQueue {
 public:
  [[nodiscard]] Node* oldest() const noexcept { return oldest_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  void add(Node& node) noexcept {
    node.hook = {nullptr, newest_};
    (newest_ != nullptr ? newest_->hook.newer : oldest_) = &node;
    newest_ = &node;
    ++size_;
  }

  void remove(Node& node) noexcept {
    (node.hook.newer != nullptr ? node.hook.newer->hook.older : newest_) = node.hook.older;
    (node.hook.older != nullptr ? node.hook.older->hook.newer : oldest_) = node.hook.newer;
    --size_;
  }

  void replace(Node& node, Node& by) noexcept {
    by.hook = node.hook;
    (node.hook.newer != nullptr ? node.hook.newer->hook.older : newest_) = &by;
    (node.hook.older != nullptr ? node.hook.older->hook.newer : oldest_) = &by;
  }

 private:
  Node* oldest_ = nullptr;
  Node* newest_ = nullptr;
  std::size_t size_ = 0;
};

// Which entry goes when there is no room: W-TinyLFU (Einziger et al., 2017) whose queues are
// CLOCKs, so that a read moves nothing and only marks. What comes waits in a window; what leaves
// that displaces the next of the main part if it was used more often. How large the window is
// follows from what comes back: soon after it had left the window, a larger one would have kept it;
// soon after it had left the main part, that would have. Many simple caches are either all window
// (LRU) or have next to none (LFU): this becomes what pays.
//
// Owns no nodes. Node: has a `hash`, an EvictionHook<Node> `hook`, and `visited`, `frequency` (4
// bits), `era` (6) and `is_main` (1), which are its. `visited` becomes 1 by a read.
template <class Node>
class Eviction {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return window_.size() + main_.size(); }

  void add(Node& node) noexcept {
    // There was room for the last one, or the window has shrunk.
    if (window_.size() > window_limit(size())) {
      promote(*window_.oldest());
    }
    node.frequency = 0;
    node.era = era_ & kEraMask;
    if (const std::optional<Ghosts::Ghost> ghost = ghosts_.take(node.hash)) {
      node.frequency =
          aged(ghost->frequency, (era_ - ghost->era) & Ghosts::kEraMask) & kMaxFrequency;
      adapt(*ghost);
    }
    count_use(node);
    node.visited = 0;
    node.is_main = 0;
    window_.add(node);
  }

  // The same key, with another value.
  void replace(Node& node, Node& by) noexcept {
    by.frequency = node.frequency;
    by.era = node.era;
    by.visited = node.visited;
    by.is_main = node.is_main;
    queue_of(node).replace(node, by);
  }

  void remove(Node& node) noexcept { queue_of(node).remove(node); }

  // Which is to be removed then. Never `spared`, which may be null. Null if there is no other.
  [[nodiscard]] Node* victim(const Node* spared) noexcept {
    const std::size_t room = std::max<std::size_t>(size(), 2) - 1;
    const std::size_t limit = window_limit(room);
    ghosts_.fit(room);
    Node* at = nullptr;
    if (main_.size() == 0 || window_.size() > limit) {
      at = unread(window_, spared);
      if (Node* const next = at != nullptr && limit < room ? unread(main_, spared) : nullptr;
          next != nullptr && frequency(*at) > frequency(*next)) {
        promote(*at);
        at = next;
      }
    }
    at = at != nullptr ? at : unread(main_, spared);
    at = at != nullptr ? at : unread(window_, spared);
    if (at != nullptr) {
      ghosts_.add(at->hash, {frequency(*at), era_,
                             at->is_main != 0 ? Ghosts::Part::main : Ghosts::Part::window});
    }
    return at;
  }

  // Forgets the nodes, and keeps what it has learned.
  void clear() noexcept {
    window_ = {};
    main_ = {};
  }

 private:
  using Queue = EvictionQueue<Node>;
  static constexpr unsigned kMaxFrequency = 15;
  static constexpr unsigned kEraMask = 63;
  // After so many uses for each entry all frequencies are halved.
  static constexpr std::size_t kUsesInEra = 20;
  static constexpr double kLeastShare = 0.01;
  static constexpr double kFirstShare = 0.2;

  [[nodiscard]] Queue& queue_of(const Node& node) noexcept {
    return node.is_main != 0 ? main_ : window_;
  }
  [[nodiscard]] std::size_t window_limit(std::size_t room) const noexcept {
    return std::max<std::size_t>(
        static_cast<std::size_t>(window_share_ * static_cast<double>(room)), 1);
  }

  void promote(Node& node) noexcept {
    window_.remove(node);
    node.is_main = 1;
    main_.add(node);
  }

  // The oldest that was not read since it was last passed. All that are passed become the newest.
  [[nodiscard]] Node* unread(Queue& queue, const Node* spared) noexcept {
    Node* at = queue.oldest();
    while (at != nullptr && (at == spared || at->visited != 0)) {
      if (at == spared && queue.size() == 1) {
        return nullptr;
      }
      if (at->visited != 0) {
        at->visited = 0;
        count_use(*at);
      }
      queue.remove(*at);
      queue.add(*at);
      at = queue.oldest();
    }
    return at;
  }

  [[nodiscard]] static unsigned aged(unsigned frequency, unsigned eras) noexcept {
    return frequency >> std::min(eras, 4U);
  }
  // Brought up to now.
  [[nodiscard]] unsigned frequency(Node& node) const noexcept {
    node.frequency = aged(node.frequency, (era_ - node.era) & kEraMask) & kMaxFrequency;
    node.era = era_ & kEraMask;
    return node.frequency;
  }
  void count_use(Node& node) noexcept {
    node.frequency = std::min(frequency(node) + 1, kMaxFrequency) & kMaxFrequency;
    if (++uses_ >= kUsesInEra * std::max<std::size_t>(size(), 1)) {
      uses_ /= 2;
      ++era_;
    }
  }

  // "Soon" is within a sixteenth of what the cache holds. What comes back later than that would pay
  // as well in the main part: each such is a small vote for it, so that a loop over more than fits
  // ends with as small a window as can be.
  void adapt(const Ghosts::Ghost& ghost) noexcept {
    constexpr double kSoon = 1.6;
    constexpr double kLate = 0.03;
    constexpr double kMaxStep = 0.05;
    const bool is_soon = ghost.later <= std::max<std::size_t>(size() / 16, 1);
    double entries = is_soon ? kSoon : 0;
    entries = ghost.part == Ghosts::Part::main ? -entries : entries - kLate;
    const double step = entries / static_cast<double>(std::max<std::size_t>(size(), 1));
    window_share_ =
        std::clamp(window_share_ + std::clamp(step, -kMaxStep, kMaxStep), kLeastShare, 1.0);
  }

  Queue window_;
  Queue main_;
  Ghosts ghosts_;
  double window_share_ = kFirstShare;
  unsigned era_ = 0;
  std::size_t uses_ = 0;
};

}  // namespace crier
