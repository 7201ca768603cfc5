// SPDX-License-Identifier: MIT
#pragma once

#include <crier/node.hpp>

#include "soak/cache.hpp"
#include "soak/facts.hpp"
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
  Member(const Words& words, const Facts& facts);

  // Tries again where the database is locked, or out of reach.
  void start();
  // Says how far the node is.
  void report();
  // "audit ENTRY": waits for it, and compares the caches with the table.
  void audit(EntryId through);
  void calm() { mischief_.calm(); }
  void stop() { node_->stop(); }
  [[nodiscard]] DistributedCache& cache() { return node_->cache(); }

 private:
  const std::string store_;
  const Facts& facts_;
  Cache cached_;
  Mischief mischief_;
  EntryId reported_;
  std::unique_ptr<Node> node_;  // last: its threads use the rest
};

}  // namespace crier::soak
