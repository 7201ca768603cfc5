// SPDX-License-Identifier: MIT
#include "poller/affected_refreshers.hpp"

namespace crier {

AffectedRefreshers affected_refreshers(std::span<const DecodeProblem> problems) {
  AffectedRefreshers affected;
  for (const DecodeProblem& problem : problems) {
    if (problem.refresher) {
      affected.refreshers.insert(*problem.refresher);
    } else {
      affected.anyone = true;
    }
  }
  const DecodeProblem& first = problems.front();
  const std::size_t others = problems.size() - 1;
  affected.first = first.refresher.value_or(Guid());
  affected.what = first.what + (others == 0 ? "" : " (and " + std::to_string(others) + " more)");
  return affected;
}

}  // namespace crier
