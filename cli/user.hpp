// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crier::cli {

// Who runs the tool, for others to see: "alice@ops-1".
[[nodiscard]] std::string user_at_host();

}  // namespace crier::cli
