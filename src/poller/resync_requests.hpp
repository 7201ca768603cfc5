// SPDX-License-Identifier: MIT
#pragma once

#include <crier/instruction.hpp>

#include <string_view>
#include <vector>

namespace crier {

class Registry;

// Puts the full refreshes that are asked of the node `name` in place of the requests (see
// ResyncRequest), behind what else there is. True if everything is asked for.
bool expand_resync_requests(std::string_view name, const Registry& registry,
                            std::vector<Instruction>& instructions);

}  // namespace crier
