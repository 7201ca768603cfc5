// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/guid.hpp>

#include <set>
#include <span>
#include <string>

namespace crier {

// Whom the parts of an entry that could not be read may concern.
struct AffectedRefreshers {
  std::set<Guid> refreshers;  // that are named
  bool anyone = false;        // it is not known: all of them
  Guid first;                 // that the first part names; empty: it names none
  std::string what;           // a sentence
};

// REQUIRES: at least one problem.
[[nodiscard]] AffectedRefreshers affected_refreshers(std::span<const DecodeProblem> problems);

}  // namespace crier
