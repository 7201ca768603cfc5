// SPDX-License-Identifier: MIT
#pragma once

#include "bench/report.hpp"

namespace crier::bench {

void hybrid_shared_hit(const Report& report);
void hybrid_hot_miss(const Report& report);

}  // namespace crier::bench
