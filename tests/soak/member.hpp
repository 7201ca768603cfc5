// SPDX-License-Identifier: MIT
#pragma once

#include <crier/node.hpp>

#include "history/recorder.hpp"
#include "soak/cache.hpp"
#include "soak/facts.hpp"
#include "soak/items.hpp"
#include "soak/mischief.hpp"
#include "soak/words.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace crier::soak {

// A node of the soak: its caches, its refreshers with their faults, and what it says of them. Used
// by the process's main thread.
class Member {
 public:
  Member(const Words& words, const Facts& facts, history::Recorder& recorder);

  // Tries again where the database is locked, or out of reach.
  void start();
  // Tells how far the node is.
  void report();
  // Until this node, or every one, has applied it, or not for long.
  void wait(EntryId entry, bool everywhere);
  // "audit ENTRY": waits for it, and compares the caches with the table.
  void audit(EntryId through);
  void calm() { mischief_.calm(); }
  void stop() { node_->stop(); }
  [[nodiscard]] DistributedCache& cache() { return node_->cache(); }

 private:
  // What of its caches is not as the table is; empty: nothing.
  [[nodiscard]] std::string find_stale() const;

  const std::string store_;
  const std::string name_;
  const Facts& facts_;
  history::Recorder& recorder_;
  Cache cached_;
  Mischief mischief_;
  std::unique_ptr<Items> items_;
  std::unique_ptr<Node> node_;  // last: its threads use the rest
};

}  // namespace crier::soak
