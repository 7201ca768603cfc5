// SPDX-License-Identifier: MIT
#pragma once

#include "session.hpp"

#include <string>

namespace crier::cli {

// Puts into the history that whoever runs the tool has done `what` by hand, with the node of that
// name or, if it is empty, with the log as a whole. Says so if that can't be written: what was done
// is done all the same.
void note_action(const Session& session, Connection& connection, const std::string& what,
                 const std::string& node = {});

}  // namespace crier::cli
