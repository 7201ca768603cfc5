// SPDX-License-Identifier: MIT
#pragma once

#include "audit_compare.hpp"
#include "audit_round.hpp"
#include "session.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace crier::cli {

// What an audit has come to.
struct AuditReport {
  struct Look {
    std::chrono::milliseconds after;  // the first
    std::size_t different;
  };
  AuditRound first;  // without what is held
  std::size_t sampled = 0;
  std::size_t compared = 0;
  std::vector<Look> looks;
  std::vector<Disagreement> different;  // as of the last look
};

void print(const Session& session, const AuditReport& report);

}  // namespace crier::cli
