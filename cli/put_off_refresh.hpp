// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/guid.hpp>
#include <crier/node_record.hpp>

#include <set>
#include <string>
#include <vector>

namespace crier::cli {

// A full refresh that a live node puts off, since it has failed.
struct PutOffRefresh {
  NodeRecord node;
  Guid refresher;    // empty: its fallback's
  std::string name;  // the refresher's, for people
};

// What nodes put off of these refreshers, as they say with their beats. Throws crier::Error.
[[nodiscard]] std::vector<PutOffRefresh> put_off_refreshes(Connection& connection,
                                                           const std::set<Guid>& refreshers);
// Asks the node to try it at once; the entry that does. Throws crier::Error.
EntryId ask_to_try_now(InstructionLog& log, const PutOffRefresh& refresh,
                       const std::string& originated);

}  // namespace crier::cli
