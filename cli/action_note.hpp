// SPDX-License-Identifier: MIT
#pragma once

#include "session.hpp"

#include <string>

namespace crier::cli {

// Puts into the history what `who_and_what` says was done by hand, with the node of that name or,
// if it is empty, with the log as a whole. Throws crier::Error.
void record_action(Connection& connection, const std::string& who_and_what,
                   const std::string& node);

// The same: whoever runs the tool has done `what`. Says so if that can't be written: what was done
// is done all the same.
void note_action(const Session& session, Connection& connection, const std::string& what,
                 const std::string& node = {});

}  // namespace crier::cli
