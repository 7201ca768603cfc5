// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

// Something that is wrong.
struct Finding {
  std::string code;       // stays the same, for programs: "node-stale"
  std::string what;       // a sentence; begins with the node, if it is about one
  std::string next = {};  // what to do: one command, or one sentence; empty: nothing
  std::string node = {};  // its name; empty: the log as a whole
  std::optional<std::int64_t> figure = {};  // how much of it there is ...
  std::string unit = {};                    // ... in "ms", "entries", "nodes" ...
};

// All that is wrong. Only problems make a log unhealthy.
struct Findings {
  std::vector<Finding> problems;
  std::vector<Finding> warnings;
  std::set<Guid> not_fresh;  // incarnations of nodes that a problem is about
  std::size_t judged = 0;    // nodes that have not stopped

  void problem(Finding finding) { problems.push_back(std::move(finding)); }
  void warning(Finding finding) { warnings.push_back(std::move(finding)); }
  [[nodiscard]] std::size_t fresh() const { return judged - not_fresh.size(); }
};

}  // namespace crier::cli
