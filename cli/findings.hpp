// SPDX-License-Identifier: MIT
#pragma once

#include "facts.hpp"
#include "finding.hpp"

#include <string>

namespace crier::cli {

// What is wrong with a log and its nodes. To find more: read it in examine(), and add a judge_…()
// here. A code says what kind of thing is wrong, and never changes.
[[nodiscard]] Findings judge(const Facts& facts, const Limits& limits);

// The same of the newest start of the node `name` alone; that it is not live is a problem.
[[nodiscard]] Findings judge_node(const Facts& facts, const std::string& name,
                                  const Limits& limits);

// What is wrong with one node. One that has stopped is nothing wrong.
void judge_node(const NodeRecord& node, const Facts& facts, const Limits& limits,
                Findings& findings);

}  // namespace crier::cli
