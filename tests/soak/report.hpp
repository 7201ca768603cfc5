// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace crier::soak {

using Counts = std::map<std::string, std::uint64_t>;
[[nodiscard]] std::uint64_t sum(const Counts& counts);

// What a soak came to.
struct Verdict {
  Counts acknowledged;  // by kind
  Counts told;          // what befell nodes: "retried", "resync backlog", …
  Counts strikes;       // by kind
  std::uint64_t restarts = 0;
  // What the history shows: how much was applied, how much was read, and of that held against
  // something; entries that a node has passed and not applied, and what else is wrong.
  std::uint64_t applied = 0;
  std::uint64_t reads = 0;
  std::uint64_t bounded_reads = 0;
  std::uint64_t lost = 0;
  std::uint64_t misread = 0;
  std::vector<std::string> findings;  // the first ones
  // Whose caches were not what the table held, once all had come to rest.
  std::set<std::string> stale;
  // Which process did not come as far, or did not end, in time; or ended by itself.
  std::set<std::string> stuck;
  std::set<std::string> died;
  // Nodes that never came to be: what nobody listens to is not lost, either.
  std::set<std::string> absent;

  // All that is neither a loss nor stuck; if nothing was acknowledged, nothing was shown.
  [[nodiscard]] std::uint64_t wrong() const;
  [[nodiscard]] bool good() const;
};

void print(std::ostream& out, const Verdict& verdict);

}  // namespace crier::soak
