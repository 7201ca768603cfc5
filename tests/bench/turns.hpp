// SPDX-License-Identifier: MIT
#pragma once

#include "bench/report.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

// Not Google Benchmark: that runs one function to its end before the next, and on a machine whose
// speed changes from second to second only figures that were taken in turns can be compared.
namespace crier::bench {

using Clock = std::chrono::steady_clock;  // the same in every process of the host

// What stands at `fraction` of the sorted figures: 0.5 is the median.
inline double percentile(std::vector<double> figures, double fraction) {
  std::sort(figures.begin(), figures.end());
  const auto at = static_cast<std::size_t>(fraction * static_cast<double>(figures.size()));
  return figures[std::min(at, figures.size() - 1)];
}

inline double median(const std::vector<double>& figures) { return percentile(figures, 0.5); }

// Measures both, again and again; the medians. What each returns is one figure.
template <class Crier, class Peer>
Pair in_turns(int rounds, Crier crier, Peer peer) {
  std::vector<double> ours;
  std::vector<double> theirs;
  for (int i = 0; i < rounds; ++i) {
    ours.push_back(crier());
    theirs.push_back(peer());
  }
  return {median(ours), median(theirs)};
}

inline double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// How often in a second: calls `body` with 0, 1, … `count` - 1; each is worth `each`.
template <class Body>
double rate(int count, int each, Body body) {
  const auto begin = Clock::now();
  for (int i = 0; i < count; ++i) {
    body(i);
  }
  return static_cast<double>(count) * each / seconds_since(begin);
}

// Microseconds that one call takes: the median, so that a call during which the machine did
// something else does not count.
template <class Body>
double call_us(int count, Body body) {
  std::vector<double> us;
  us.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const auto begin = Clock::now();
    body(i);
    us.push_back(seconds_since(begin) * 1e6);
  }
  return median(us);
}

}  // namespace crier::bench
