// SPDX-License-Identifier: MIT
#include "bench/course.hpp"

#include "bench/board.hpp"
#include "bench/process.hpp"
#include "bench/turns.hpp"
#include "support/eventually.hpp"

#include <memory>
#include <stdexcept>
#include <thread>

namespace crier::bench {

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

void Latencies::add(const std::vector<double>& us) {
  p50.push_back(median(us));
  p99.push_back(percentile(us, 0.99));
}

}  // namespace crier::bench
