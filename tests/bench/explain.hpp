// SPDX-License-Identifier: MIT
#pragma once

#include "bench/report.hpp"

namespace crier::bench {

// Seconds for `crier explain`, in the process of the bench.
void explain(const Report& report);

}  // namespace crier::bench
