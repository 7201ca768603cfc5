// SPDX-License-Identifier: MIT
// How soon other processes on the host have what one publishes, against Redis pub/sub:
//   propagation   one subscriber, 1,000 messages in a second
//   fan_out       100 subscribers: until the last has it
// And what the machine allows to whoever goes through SQLite: the figures with _limit.
// A time begins before the publish, so that crier's has its commit in it.
#include "bench/board.hpp"
#include "bench/carrier.hpp"
#include "bench/process.hpp"
#include "bench/report.hpp"
#include "bench/turns.hpp"
#include "support/eventually.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace crier::bench {

namespace {

struct Course {
  int subscribers;
  int messages;
  std::chrono::milliseconds pace;
};

// With processes of its own, so that those of one side rest while the other is measured.
std::vector<double> latencies_us(Carrier& carrier, const Course& course) {
  const int warm_up = course.messages / 10;
  Board board(course.subscribers, course.messages);
  std::vector<std::unique_ptr<test::Forked>> subscribers;
  for (int i = 0; i < course.subscribers; ++i) {
    subscribers.push_back(process([&, i] {
      carrier.subscribe([&] { board.subscribed(); },
                        [&](int message) { board.received(i, message); });
      return 0;
    }));
  }
  if (!test::eventually([&] { return board.all_subscribed(); })) {
    throw std::runtime_error("not every subscriber has started");
  }
  const auto publisher = process([&] {
    const auto send = carrier.publisher();
    auto next = Clock::now();
    for (int message = 0; message < board.messages(); ++message) {
      std::this_thread::sleep_until(next += course.pace);
      board.sent(message);
      send(message);
    }
    return 0;
  });
  if (publisher->wait() != 0 || !test::eventually([&] { return board.all_received(); })) {
    throw std::runtime_error("not every message has arrived");
  }
  return board.latencies_us(warm_up);
}

void compare(const Report& report, const std::string& name, const std::vector<double>& crier,
             const std::vector<double>& redis, std::optional<Aim> aim = {}) {
  if (redis.empty()) {
    report.value(name, median(crier), "us");
  } else {
    report.compare(name, {median(crier), median(redis)}, "us", "Redis pub/sub", aim);
  }
}

// The medians of what the rounds found.
struct Latencies {
  std::vector<double> p50;
  std::vector<double> p99;

  void add(const std::vector<double>& us) {
    p50.push_back(median(us));
    p99.push_back(percentile(us, 0.99));
  }
};

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
