// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "bench/bare.hpp"
#include "bench/pieces.hpp"
#include "bench/shop.hpp"
#include "bench/turns.hpp"

#include <latch>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace crier::bench {

namespace {

constexpr int kThreads = 8;

// Publishes of all threads in a second; each makes `each` of them.
double publish_on_threads(Node& node, int each) {
  std::latch ready(kThreads + 1);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      ready.arrive_and_wait();
      for (int i = 0; i < each; ++i) {
        node.cache().refresh(kProducts, thread * each + i);
      }
    });
  }
  ready.arrive_and_wait();
  const auto begin = Clock::now();
  for (std::thread& thread : threads) {
    thread.join();
  }
  return kThreads * each / seconds_since(begin);
}

}  // namespace

void append_single(const Report& report) {
  const Shop ours;
  const Shop theirs;
  const auto connection = open_store(ours.url())->connect(Access::read_write);
  Bare bare(theirs.path(), "NORMAL");
  const std::vector<NewEntry> entry{entry_of(1234, "bench")};
  const int count = report.pick(10'000, 3'000, 5);
  const Pair pair = in_turns(
      report.pick(15, 7, 1),
      [&] { return rate(count, 1, [&](int) { connection->log().append(entry); }); },
      [&] { return rate(count, 1, [&](int) { bare.insert(entry[0]); }); });
  report.compare("append_single", pair, "/s", "bare autocommit inserts", Aim::at_least(0.85));
}

void append_batch_100(const Report& report) {
  const Shop ours;
  const Shop theirs;
  const auto connection = open_store(ours.url())->connect(Access::read_write);
  Bare bare(theirs.path(), "NORMAL");
  const std::vector<NewEntry> entries(100, entry_of(1234, "bench"));
  const int count = report.pick(300, 100, 2);
  const Pair pair = in_turns(
      report.pick(15, 7, 1),
      [&] { return rate(count, 100, [&](int) { connection->log().append(entries); }); },
      [&] {
        return rate(count, 100, [&](int) {
          bare.execute("BEGIN IMMEDIATE");
          for (const NewEntry& entry : entries) {
            bare.insert(entry);
          }
          bare.execute("COMMIT");
        });
      });
  report.compare("append_batch_100", pair, "rows/s", "bare transactions of 100",
                 Aim::at_least(0.8));
}

void append_8_threads_full(const Report& report) {
  const Shop ours;
  const Shop theirs;
  const auto node = start_node(ours.url() + "?durability=full", "bench");
  Bare bare(theirs.path(), "FULL");
  const NewEntry entry = entry_of(1234, node->originated());
  const int count = report.pick(1'000, 200, 2);
  const Pair pair = in_turns(
      report.pick(9, 5, 1), [&] { return publish_on_threads(*node, count); },
      [&] { return rate(count, 1, [&](int) { bare.insert(entry); }); });
  report.compare("append_8_threads_full", pair, "/s", "bare autocommit inserts, FULL, 1 connection",
                 Aim::at_least(5));
}

void publish_call(const Report& report) {
  const Shop shop;
  const auto node = start_node(shop.url(), "bench");
  // Beside the same node, whose poller passes these rows as its own: the call is the difference.
  const auto connection = open_store(shop.url())->connect(Access::read_write);
  const std::vector<NewEntry> entry{entry_of(1234, node->originated())};
  const int count = report.pick(3'000, 1'000, 5);
  const Pair pair = in_turns(
      report.pick(31, 11, 1),
      [&] { return call_us(count, [&](int) { node->cache().refresh(kProducts, 1234); }); },
      [&] { return call_us(count, [&](int) { connection->log().append(entry); }); });
  report.compare("publish_call", pair, "us", "the append inside it");
  report.value("publish_call_overhead", pair.crier - pair.peer, "us", Aim::at_most(3));
}

}  // namespace crier::bench
