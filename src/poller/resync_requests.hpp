// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/resync_request.hpp>

#include <set>
#include <string_view>

namespace crier {

class Registry;

// The refreshers of the node `name` that are asked for; the empty GUID is the fallback's.
[[nodiscard]] std::set<Guid> refreshers_asked_by(const ResyncRequest& request,
                                                 std::string_view name, const Registry& registry);

}  // namespace crier
