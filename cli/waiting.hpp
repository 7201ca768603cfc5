// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/wait.hpp>
#include <crier/entry.hpp>

#include "session.hpp"

namespace crier::cli {

// Waits until the live nodes that `options` names have handled `entry`, showing who is missing, and
// prints how that ended. Returns the exit code: 0 if one node or more has it, and nobody is
// missing.
[[nodiscard]] int wait_for(Session& session, const OpenLog& log, EntryId entry,
                           WaitOptions options);

}  // namespace crier::cli
