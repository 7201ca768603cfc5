// SPDX-License-Identifier: MIT
#pragma once

#include <crier/options.hpp>
#include <crier/registry.hpp>

namespace crier {

// Throws an invalid_argument Error that names the first option that is wrong.
void check_options(const Options& options);
// The same for a refresher's WhenStale.
void check_stale_policies(const Registry& refreshers, const Options& options);

}  // namespace crier
