// SPDX-License-Identifier: MIT
#pragma once

#include "session.hpp"

#include <string_view>

namespace crier::cli {

// Asks `question` on standard error, and returns whether the answer begins with "y". If nobody can
// be asked, as in a script, it is yes.
[[nodiscard]] bool confirm(const Session& session, std::string_view question);

}  // namespace crier::cli
