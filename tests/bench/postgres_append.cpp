// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "bench/bare_postgres.hpp"
#include "bench/postgres.hpp"
#include "bench/shop.hpp"
#include "bench/turns.hpp"

#include <algorithm>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace crier::bench {

namespace {

constexpr int kMany = 16;

using Body = std::function<void(int)>;

// How often in a second all together call their bodies, each on a thread of its own.
double rate_of_all(const std::vector<Body>& bodies, int each) {
  std::latch ready(static_cast<std::ptrdiff_t>(bodies.size()) + 1);
  std::vector<std::jthread> threads;
  for (const Body& body : bodies) {
    threads.emplace_back([&] {
      ready.arrive_and_wait();
      for (int i = 0; i < each; ++i) {
        body(i);
      }
    });
  }
  ready.arrive_and_wait();
  const auto begin = Clock::now();
  threads.clear();
  return static_cast<double>(bodies.size()) * each / seconds_since(begin);
}

// Publishers as processes have them: a store, and with it a bell, for each.
struct Publisher {
  explicit Publisher(const PostgresShop& shop)
      : store(open_store(shop.url())), connection(store->connect(Access::read_write)) {}
  std::unique_ptr<Store> store;
  std::unique_ptr<Connection> connection;
};

struct Bodies {
  std::vector<Body> crier;
  std::vector<Body> counted;
  std::vector<Body> plain;
};

void append(const Report& report, int publishers, int each) {
  const PostgresShop ours;
  const PostgresShop counted;
  const PostgresShop plain;
  const std::vector<NewEntry> entry{entry_of(1234, "bench")};
  Bodies bodies;
  for (int i = 0; i < publishers; ++i) {
    bodies.crier.emplace_back(
        [&, it = std::make_shared<Publisher>(ours)](int) { it->connection->log().append(entry); });
    bodies.counted.emplace_back([&, it = std::make_shared<BarePostgres>(counted.conninfo())](int) {
      it->insert_counted(entry[0]);
    });
    bodies.plain.emplace_back(
        [&, it = std::make_shared<BarePostgres>(plain.conninfo()),
         id = std::int64_t{i} * 1'000'000'000](int) mutable { it->insert(entry[0], ++id); });
  }
  std::vector<double> crier;
  std::vector<double> counter_row;
  std::vector<double> insert;
  for (int i = report.pick(15, 5, 1); i > 0; --i) {
    crier.push_back(rate_of_all(bodies.crier, each));
    counter_row.push_back(rate_of_all(bodies.counted, each));
    insert.push_back(rate_of_all(bodies.plain, each));
  }
  const std::string name = "pg_append_" + std::to_string(publishers);
  report.compare(name, {median(crier), median(counter_row)}, "/s", "bare counter-row inserts",
                 Aim::at_least(0.9));
  report.compare(name + "_insert", {median(crier), median(insert)}, "/s", "bare inserts");
}

}  // namespace

void pg_append_1(const Report& report) { append(report, 1, report.pick(1'000, 500, 3)); }

void pg_append_16(const Report& report) { append(report, kMany, report.pick(100, 40, 2)); }

void pg_group_16(const Report& report) {
  const PostgresShop ours;
  const PostgresShop theirs;
  const auto node = start_node(ours.url(), "bench");
  const NewEntry entry = entry_of(1234, node->originated());
  std::vector<Body> threads(kMany, [&](int i) { node->cache().refresh(kProducts, i); });
  std::vector<Body> connections;
  for (int i = 0; i < kMany; ++i) {
    connections.emplace_back([&, it = std::make_shared<BarePostgres>(theirs.conninfo())](int) {
      it->insert_counted(entry);
    });
  }
  const int each = report.pick(200, 60, 2);
  const Pair pair = in_turns(
      report.pick(15, 5, 1), [&] { return rate_of_all(threads, each); },
      [&] { return rate_of_all(connections, each / 2); });
  report.compare("pg_group_16", pair, "/s", "bare counter-row inserts on 16 connections",
                 Aim::at_least(2));
}

}  // namespace crier::bench
