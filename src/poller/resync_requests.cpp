// SPDX-License-Identifier: MIT
#include "poller/resync_requests.hpp"

#include <crier/admin/resync_request.hpp>
#include <crier/registry.hpp>

#include "refresh/claim.hpp"

#include <algorithm>
#include <set>

namespace crier {

bool expand_resync_requests(std::string_view name, const Registry& registry,
                            std::vector<Instruction>& instructions) {
  const auto is_request = [](const Instruction& one) { return one.refresher == kResyncRequest; };
  const auto first = std::ranges::find_if(instructions, is_request);
  if (first == instructions.end()) {
    return false;
  }
  bool everything = false;
  std::set<Guid> asked;
  for (auto one = first; one != instructions.end(); ++one) {
    if (!is_request(*one)) {
      continue;
    }
    const ResyncRequest request = resync_request_of(*one);
    if (!request.node.empty() && request.node != name) {
      continue;
    }
    everything |= request.refresher.empty();
    if (!request.refresher.empty() &&
        claim_of(registry, request.refresher).kind != Claim::Kind::nobody) {
      asked.insert(request.refresher);
    }
  }
  instructions.erase(std::remove_if(first, instructions.end(), is_request), instructions.end());
  if (everything) {
    for (const RegisteredRefresher& one : registry.all()) {
      asked.insert(one.id);
    }
    if (registry.fallback() != nullptr) {
      asked.insert(Guid());
    }
  }
  for (const Guid& refresher : asked) {
    instructions.push_back(Instruction::refresh_all(refresher));
  }
  return everything;
}

}  // namespace crier
