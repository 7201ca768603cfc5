// SPDX-License-Identifier: MIT
#include "put_off_refresh.hpp"

#include <crier/admin/resync_request.hpp>
#include <crier/codec.hpp>

#include "names.hpp"

#include <algorithm>

namespace crier::cli {

namespace {

// Whether the node puts off a full refresh of `whom`: the words are crier's own.
bool puts_off(const NodeRecord& node, const std::string& whom) {
  return node.state == NodeState::live &&
         std::ranges::any_of(node.troubles, [&](const std::string& trouble) {
           return trouble.starts_with(whom) && trouble.find(" is stale: ") != std::string::npos;
         });
}

}  // namespace

std::vector<PutOffRefresh> put_off_refreshes(Connection& connection,
                                             const std::set<Guid>& refreshers) {
  std::vector<PutOffRefresh> found;
  if (refreshers.empty() || connection.log().is_umbracos()) {
    return found;
  }
  const Names names = Names::read(connection);
  const std::vector<RefresherRecord> declared = connection.history().refreshers();
  const auto has = [&](const NodeRecord& node, const Guid& refresher) {
    return std::ranges::any_of(declared, [&](const RefresherRecord& one) {
      return one.incarnation == node.incarnation && one.refresher == refresher;
    });
  };
  for (const NodeRecord& node : connection.nodes().list()) {
    bool is_fallback = false;
    for (const Guid& refresher : refreshers) {
      if (puts_off(node, "refresher " + refresher.to_string())) {
        found.push_back({node, refresher, names.of(refresher)});
      }
      // It takes what the node has no refresher for.
      is_fallback = is_fallback || (puts_off(node, "the fallback") && !has(node, refresher));
    }
    if (is_fallback) {
      found.push_back({node, Guid(), "its fallback"});
    }
  }
  return found;
}

EntryId ask_to_try_now(InstructionLog& log, const PutOffRefresh& refresh,
                       const std::string& originated) {
  const Instruction request = to_instruction({refresh.node.name, refresh.refresher});
  return log.append(make_entries({&request, 1}, originated, EntryLimits()));
}

}  // namespace crier::cli
