// SPDX-License-Identifier: MIT
#pragma once

#include "session.hpp"

#include <functional>

namespace crier::cli {

// Runs `look` every two seconds until it is interrupted, and shows what it prints: on a terminal in
// place of what it printed before, else below a blank line. An error of crier's is said, and it
// goes on. Returns the last code.
int watch(Session& session, const std::function<int(Session&)>& look);

}  // namespace crier::cli
