// SPDX-License-Identifier: MIT
#include "poller/concern.hpp"

namespace crier {

Concern concern_of(std::span<const DecodeProblem> problems) {
  Concern concern;
  for (const DecodeProblem& problem : problems) {
    if (problem.refresher) {
      concern.refreshers.insert(*problem.refresher);
    } else {
      concern.anyone = true;
    }
  }
  const DecodeProblem& first = problems.front();
  const std::size_t others = problems.size() - 1;
  concern.first = first.refresher.value_or(Guid());
  concern.what = first.what + (others == 0 ? "" : " (and " + std::to_string(others) + " more)");
  return concern;
}

}  // namespace crier
