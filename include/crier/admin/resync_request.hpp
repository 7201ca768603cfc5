// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>

#include <string>

namespace crier {

/// A request to nodes that they fully refresh what they have, as `crier resync` makes it. It is an
/// instruction in the log, so that each node comes to it in its place: what was written before it
/// is applied before, a node with a durable position that is away finds it when it comes back, and
/// who waits for its entry waits for the refreshes. Nodes of crier 0.1, and Umbraco's, pass it. A
/// plain value.
struct ResyncRequest {
  std::string node;  ///< those of this name; empty: all
  Guid refresher;    ///< this one alone, if a node has it; empty: all that a node has

  /// Equal in every part.
  friend bool operator==(const ResyncRequest&, const ResyncRequest&) = default;
};

/// A refresh_by_json of kResyncRequest. Throws an invalid_argument Error if the name is not UTF-8.
/// To be written by a process that is not itself asked: a node passes over what it has published.
[[nodiscard]] CRIER_EXPORT Instruction to_instruction(const ResyncRequest& request);
/// What an instruction of kResyncRequest asks for. What it says in a way that is not understood
/// asks for everything. Never throws for what it holds.
[[nodiscard]] CRIER_EXPORT ResyncRequest resync_request_of(const Instruction& instruction);

}  // namespace crier
