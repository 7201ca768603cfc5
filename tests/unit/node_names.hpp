// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include "support/recording.hpp"

#include <vector>

namespace crier::test {

inline Lines names(const std::vector<NodeRecord>& nodes) {
  Lines names;
  for (const NodeRecord& node : nodes) {
    names.push_back(node.name);
  }
  return names;
}

}  // namespace crier::test
