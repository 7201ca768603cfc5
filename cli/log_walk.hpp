// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include <functional>
#include <string>

namespace crier::cli {

// Gets one entry; false ends the walk.
using Visit = std::function<bool(const Entry&)>;

// Both read in small pages, so that memory does not grow with the log.
// Every entry after `after`, oldest first.
void walk_forward(InstructionLog& log, EntryId after, const Visit& visit);
// Every entry, newest first.
void walk_backward(InstructionLog& log, const Visit& visit);

// "the log holds 3 to 17" or "the log is empty".
[[nodiscard]] std::string extent(InstructionLog& log);

}  // namespace crier::cli
