// SPDX-License-Identifier: MIT
// How soon other processes on the host have what one publishes, against Redis pub/sub:
//   propagation   one subscriber, 1,000 messages in a second
//   fan_out       100 subscribers: until the last has it
//   hybrid_invalidation  10 subscribers with a hybrid cache: until the last serves the new value
// And what the machine allows to whoever goes through SQLite: the figures with _limit.
// A time begins before the publish, so that crier's has its commit in it.
#include "bench/carrier.hpp"
#include "bench/course.hpp"
#include "bench/report.hpp"
#include "bench/turns.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::bench {

namespace {

void compare(const Report& report, const std::string& name, const std::vector<double>& crier,
             const std::vector<double>& redis, std::optional<Aim> aim = {}) {
  if (redis.empty()) {
    report.value(name, median(crier), "us");
  } else {
    report.compare(name, {median(crier), median(redis)}, "us", "Redis pub/sub", aim);
  }
}

void measure(const Report& report) {
  std::string why_not;
  const auto redis = carried_by_redis(why_not);
  if (redis == nullptr) {
    std::fprintf(stderr, "Redis was not compared: %s.\n", why_not.c_str());
  }
  const auto rounds = [&](const Course& course) {
    std::array<Latencies, 3> found;
    for (int i = report.pick(7, 5, 1); i > 0; --i) {
      found[0].add(latencies_us(*carried_by_crier(), course));
      found[1].add(latencies_us(*carried_by_bare_sqlite(), course));
      if (redis != nullptr) {
        found[2].add(latencies_us(*redis, course));
      }
    }
    return found;
  };
  using std::chrono::milliseconds;
  if (report.wants("propagation")) {
    const auto [ours, limit, theirs] = rounds({1, report.pick(2'000, 1'000, 20), milliseconds(1)});
    compare(report, "propagation_p50", ours.p50, theirs.p50, Aim::at_most(0.8));
    compare(report, "propagation_p99", ours.p99, theirs.p99, Aim::at_most(1.5));
    compare(report, "propagation_limit_p50", limit.p50, theirs.p50);
    compare(report, "propagation_limit_p99", limit.p99, theirs.p99);
  }
  if (report.wants("hybrid_invalidation_10")) {
    const Course course{report.pick(10, 10, 2), report.pick(200, 60, 10), milliseconds(25)};
    Latencies ours;
    Latencies theirs;
    for (int i = report.pick(7, 5, 1); i > 0; --i) {
      ours.add(latencies_us(*carried_by_hybrids(), course));
      if (redis != nullptr) {
        theirs.add(latencies_us(*redis, course));
      }
    }
    compare(report, "hybrid_invalidation_10", ours.p50, theirs.p50, Aim::at_most(1.3));
  }
  if (report.wants("fan_out_100")) {
    const auto [ours, limit, theirs] =
        rounds({report.pick(100, 100, 3), report.pick(100, 40, 10), milliseconds(25)});
    compare(report, "fan_out_100", ours.p50, theirs.p50, Aim::at_most(1));
    compare(report, "fan_out_limit_100", limit.p50, theirs.p50);
  }
}

}  // namespace

}  // namespace crier::bench

int main(int argc, char** argv) { return crier::bench::run(argc, argv, crier::bench::measure); }
