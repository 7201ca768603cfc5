// SPDX-License-Identifier: MIT
#include "poller/resync_requests.hpp"

#include <crier/registry.hpp>

#include "refresh/claim.hpp"

namespace crier {

std::set<Guid> refreshers_asked_by(const ResyncRequest& request, std::string_view name,
                                   const Registry& registry) {
  std::set<Guid> asked;
  if (!request.node.empty() && request.node != name) {
    return asked;
  }
  if (!request.refresher.empty()) {
    if (claim_of(registry, request.refresher).kind != Claim::Kind::nobody) {
      asked.insert(request.refresher);
    }
    return asked;
  }
  for (const RegisteredRefresher& one : registry.all()) {
    asked.insert(one.id);
  }
  if (registry.fallback() != nullptr) {
    asked.insert(Guid());
  }
  return asked;
}

}  // namespace crier
