// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/admin/surroundings.hpp>
#include <crier/admin/wait.hpp>

#include <functional>

namespace crier {

// Calls what it is given with a connection, which is the wait's own for so long. Throws
// crier::Error.
using WithConnection = std::function<void(const std::function<void(Connection&)>&)>;

// The same as over a connection of one's own, which this takes for each look and not in between.
// `around` has the time and the sleep; null: the machine.
[[nodiscard]] WaitResult wait_everywhere(const WithConnection& with_connection, EntryId entry,
                                         const WaitOptions& options, Surroundings* around);

}  // namespace crier
