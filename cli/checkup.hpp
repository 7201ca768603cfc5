// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/setup.hpp>

#include <string>
#include <vector>

namespace crier::cli {

// A look at the whole set-up of a log.
struct Checkup {
  std::vector<SetupCheck> checks;
  bool could_look = false;  // false: the last check says why not
};

// Looks at the store of that URL, at what surrounds it, and at its nodes, in an order that stays.
// Wakes who sleeps on it, writes an entry and undoes it, and asks nodes that seem to be behind
// where they stand: no more is changed. A check that fails hinders no other. Throws crier::Error if
// the URL is malformed.
[[nodiscard]] Checkup check_up(const std::string& url);

}  // namespace crier::cli
