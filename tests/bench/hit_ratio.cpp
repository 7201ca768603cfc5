// SPDX-License-Identifier: MIT
// How many accesses a cache answers that holds a share of a trace's keys, against what other
// policies, and who knows what comes, would: in points of percent. In caches of several shards, as
// they are.
#include <crier/cached_region.hpp>

#include "bench/policies.hpp"
#include "bench/report.hpp"
#include "bench/traces.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace crier::bench {

namespace {

double crier_itself(const Trace& trace, std::size_t room) {
  CachedRegion<std::int64_t, int> region("region", {.limits = {.max_entries = room}});
  const auto one = std::make_shared<const int>(1);
  for (const std::uint32_t key : trace.keys) {
    region.get(key, [&] { return one; });
  }
  return 100.0 * static_cast<double>(region.statistics().hits) /
         static_cast<double>(trace.keys.size());
}

std::string points(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

void replay(const Report& report, const Trace& trace, double share) {
  constexpr std::size_t kLeastRoom = 10;  // with less no policy has a choice
  const auto room = static_cast<std::size_t>(trace.distinct * share / 100);
  if (room < kLeastRoom) {
    return;
  }
  const struct {
    const char* name;
    double ratio;
  } others[] = {{"LRU", lru(trace, room)},
                {"SIEVE", sieve(trace, room)},
                {"S3-FIFO", s3_fifo(trace, room)},
                {"W-TinyLFU", w_tiny_lfu(trace, room)}};
  const double ours = crier_itself(trace, room);
  std::string unit = "points above the best of";
  double best = 0;
  for (const auto& other : others) {
    unit += std::string(" ") + other.name + " " + points(other.ratio) + ",";
    best = std::max(best, other.ratio);
  }
  unit += " with " + points(ours) + "; optimum " + points(optimum(trace, room));
  report.value("hit_ratio_" + trace.name + "_" + points(share), ours - best, unit,
               Aim::at_least(-0.5));
}

void measure(const Report& report) {
  if (!report.wants("hit_ratio")) {
    return;
  }
  const std::size_t most = static_cast<std::size_t>(report.pick(100'000'000, 1'000'000, 3'000));
  for (const Trace& trace : read_traces(report.traces().value_or(CRIER_TRACES), most)) {
    for (const double share : {0.1, 1.0, 5.0, 10.0, 25.0}) {
      if (report.wants("hit_ratio_" + trace.name + "_" + points(share))) {
        replay(report, trace, share);
      }
    }
  }
}

}  // namespace

}  // namespace crier::bench

int main(int argc, char** argv) { return crier::bench::run(argc, argv, crier::bench::measure); }
