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
// Node: a pair whose second has a SieveHook<Node> `hook` and a `visited`.
template <class Node>
class Sieve {
 public:
  void add(Node& node) noexcept {
    node.second.hook.older = newest_;
    node.second.hook.newer = nullptr;
    (newest_ != nullptr ? newest_->second.hook.newer : oldest_) = &node;
    newest_ = &node;
  }

  void remove(Node& node) noexcept {
    hand_ = hand_ == &node ? node.second.hook.newer : hand_;
    look_ = look_ == &node ? node.second.hook.newer : look_;
    (node.second.hook.newer != nullptr ? node.second.hook.newer->second.hook.older : newest_) =
        node.second.hook.older;
    (node.second.hook.older != nullptr ? node.second.hook.older->second.hook.newer : oldest_) =
        node.second.hook.newer;
  }

  // Null where it is empty.
  [[nodiscard]] Node* victim() noexcept {
    Node* at = hand_ != nullptr ? hand_ : oldest_;
    while (at != nullptr && at->second.visited != 0) {
      at->second.visited = 0;
      at = at->second.hook.newer != nullptr ? at->second.hook.newer : oldest_;
    }
    hand_ = at;
    return at;
  }

  // Each in its turn, over and over; null where it is empty.
  [[nodiscard]] Node* next() noexcept {
    Node* at = look_ != nullptr ? look_ : oldest_;
    look_ = at == nullptr ? nullptr : at->second.hook.newer;
    return at;
  }

  void clear() noexcept { *this = {}; }

 private:
  Node* oldest_ = nullptr;
  Node* newest_ = nullptr;
  Node* hand_ = nullptr;  // of the eviction
  Node* look_ = nullptr;  // of next()
};

}  // namespace crier
