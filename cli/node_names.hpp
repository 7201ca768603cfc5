// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include <span>
#include <string>

namespace crier::cli {

// Throws a usage error, with the nearest name, unless one of `nodes` bears the name.
void refuse_unknown_node(const std::string& name, std::span<const NodeRecord> nodes);

}  // namespace crier::cli
