// SPDX-License-Identifier: MIT
#pragma once

#include "bench/traces.hpp"

#include <cstddef>

namespace crier::bench {

// The share of a trace's accesses that a cache of `room` entries answers, in percent, if what goes
// is chosen by...
[[nodiscard]] double lru(const Trace& trace, std::size_t room);
// Zhang et al., NSDI 2024.
[[nodiscard]] double sieve(const Trace& trace, std::size_t room);
// Yang et al., SOSP 2023, as in its figures: a small queue of a tenth, from which goes into the
// main one what was read twice.
[[nodiscard]] double s3_fifo(const Trace& trace, std::size_t room);
// Einziger et al., 2017, as Caffeine has it: a window of 1 % to begin with, which climbs.
[[nodiscard]] double w_tiny_lfu(const Trace& trace, std::size_t room);
// Who knows what comes (Belady, 1966): no policy does better.
[[nodiscard]] double optimum(const Trace& trace, std::size_t room);

}  // namespace crier::bench
