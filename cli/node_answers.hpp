// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include "session.hpp"

#include <chrono>
#include <functional>
#include <vector>

namespace crier::cli {

// Asks all nodes for a word of themselves, and looks at what they say until it is `enough`, the
// time has run out, or the tool is interrupted. Returns what they said last.
[[nodiscard]] std::vector<NodeRecord> await_nodes(
    Session& session, NodeDirectory& directory, std::chrono::milliseconds timeout,
    const std::function<bool(const std::vector<NodeRecord>&)>& enough);

}  // namespace crier::cli
