// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/instruction.hpp>

#include "names.hpp"
#include "session.hpp"

#include <span>
#include <string>
#include <vector>

namespace crier::cli {

// Throws a usage error that ends with `advice` if no node, or none of the name `node`, has the
// refresher: a GUID that is mistyped would do nothing, and nobody would know.
void refuse_unknown(const Names& names, const Guid& refresher, const std::string& advice,
                    const std::string& node = {});

// Appends what the tool publishes. Returns the id of each entry.
std::vector<EntryId> append(InstructionLog& log, std::span<const Instruction> instructions);

// The same, but prints the id of each entry with its check, as `wait` takes it,
// and returns the last.
EntryId publish(Session& session, InstructionLog& log, std::span<const Instruction> instructions);

}  // namespace crier::cli
