// SPDX-License-Identifier: MIT
#pragma once

namespace crier {

// What a node of a Sieve has.
template <class Node>
struct SieveHook {
  Node* newer = nullptr;
  Node* older = nullptr;
};

// Which entry goes when there is no room: SIEVE (Zhang et al., NSDI 2024). A queue in order of
// arrival, over which a hand goes from the oldest to the newest: what was visited since it last
// came by stays and is marked unvisited, the first other one goes. A visit moves nothing, and a
// single pass over much does not push out what is used. Owns no nodes.
// Node: has a SieveHook<Node> `hook` and a `visited`.
template <class Node>
class Sieve {
 public:
  void add(Node& node) noexcept {
    node.hook.older = newest_;
    node.hook.newer = nullptr;
    (newest_ != nullptr ? newest_->hook.newer : oldest_) = &node;
    newest_ = &node;
  }

  void remove(Node& node) noexcept {
    hand_ = hand_ == &node ? node.hook.newer : hand_;
    look_ = look_ == &node ? node.hook.newer : look_;
    (node.hook.newer != nullptr ? node.hook.newer->hook.older : newest_) = node.hook.older;
    (node.hook.older != nullptr ? node.hook.older->hook.newer : oldest_) = node.hook.newer;
  }

  // Never `spared`, which may be null. Null where there is no other.
  [[nodiscard]] Node* victim(const Node* spared) noexcept {
    if (oldest_ == newest_ && oldest_ == spared) {
      return nullptr;
    }
    Node* at = hand_ != nullptr ? hand_ : oldest_;
    while (at != nullptr && (at->visited != 0 || at == spared)) {
      at->visited = 0;
      at = at->hook.newer != nullptr ? at->hook.newer : oldest_;
    }
    hand_ = at;
    return at;
  }

  // Each in its turn, over and over; null where it is empty.
  [[nodiscard]] Node* next() noexcept {
    Node* at = look_ != nullptr ? look_ : oldest_;
    look_ = at == nullptr ? nullptr : at->hook.newer;
    return at;
  }

  [[nodiscard]] Node* oldest() const noexcept { return oldest_; }

  void clear() noexcept { *this = {}; }

 private:
  Node* oldest_ = nullptr;
  Node* newest_ = nullptr;
  Node* hand_ = nullptr;  // of the eviction
  Node* look_ = nullptr;  // of next()
};

}  // namespace crier
