// SPDX-License-Identifier: MIT
#pragma once

#include <crier/options.hpp>

namespace crier {

// Throws an invalid_argument Error that names the first option that is wrong.
void check_options(const Options& options);

}  // namespace crier
