// SPDX-License-Identifier: MIT
#pragma once

#include <crier/observer.hpp>

#include <string>

namespace crier {

// What failed, and where.
[[nodiscard]] std::string sentence(const Failure& failure);
// What the trouble is, or that it is over.
[[nodiscard]] std::string sentence(const RefresherTrouble& trouble);

}  // namespace crier
