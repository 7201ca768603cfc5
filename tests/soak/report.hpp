// SPDX-License-Identifier: MIT
#pragma once

#include "soak/checker.hpp"

#include <cstdint>
#include <iosfwd>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace crier::soak {

// What a soak came to.
struct Verdict {
  Ledger ledger;
  std::vector<Finding> findings;
  std::map<std::string, std::uint64_t> strikes;  // by kind
  std::uint64_t restarts = 0;
  // Which process did not come as far, or did not end, in time; or ended by itself.
  std::set<std::string> stuck;
  std::set<std::string> died;
  // Nodes that never came to be: what nobody listens to is not lost, either.
  std::set<std::string> absent;

  [[nodiscard]] std::uint64_t acknowledged() const;
  // All that is neither a loss nor stuck; where nothing was acknowledged, nothing was shown.
  [[nodiscard]] std::uint64_t wrong() const;
  [[nodiscard]] bool good() const;
};

void print(std::ostream& out, const Verdict& verdict);

}  // namespace crier::soak
