// SPDX-License-Identifier: MIT
#pragma once

#include "bench/carrier.hpp"

#include <chrono>
#include <vector>

namespace crier::bench {

struct Course {
  int subscribers;
  int messages;
  std::chrono::milliseconds pace;
};

// Of each message, from before it was sent until the last subscriber had it. With processes of its
// own, so that those of one side rest while the other is measured.
[[nodiscard]] std::vector<double> latencies_us(Carrier& carrier, const Course& course);

// The medians and the 99th percentiles that the rounds found.
struct Latencies {
  std::vector<double> p50;
  std::vector<double> p99;

  void add(const std::vector<double>& us);
};

}  // namespace crier::bench
