// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include "store/sql/statement.hpp"

#include <string>
#include <vector>

// A node in a row of crierNode.
namespace crier::sql {

// Sentences in one text, a line each.
[[nodiscard]] std::string joined(const std::vector<std::string>& sentences);

// The node of a row of the statement "nodes".
[[nodiscard]] NodeRecord node_of(const Rows& row);

}  // namespace crier::sql
