// SPDX-License-Identifier: MIT
// What became of a key, on a log of a million entries, with 50 nodes.
#include "bench/explain.hpp"

#include <crier/admin/history.hpp>
#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "app.hpp"
#include "bench/bare.hpp"
#include "bench/shop.hpp"
#include "interrupt.hpp"

#include <algorithm>
#include <chrono>
#include <sstream>
#include <string>
#include <vector>

namespace crier::bench {

namespace {

// `count` entries, of which every `each`th is of kProducts, and ten concern the product 2000; and
// nodes that have told of them.
void fill_for_explain(const Shop& shop, int count, int each) {
  const std::string last = std::to_string(count);
  Bare bare(shop.path(), "OFF");
  bare.execute(
      "INSERT INTO crierCacheInstruction (utcStamp, jsonInstruction, originated, instructionCount) "
      "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < " +
      last +
      ") SELECT '2026-11-21 10:00:00.123', '[{\"RefreshType\":2,\"RefresherId\":\"' || CASE "
      "WHEN i % " +
      std::to_string(each) + " = 0 THEN '" + kProducts.to_string() +
      "' ELSE printf('%08x', i) || '-2222-4333-8444-555555555555' END || '\",\"IntId\":' || (i % "
      "100000) || '}]', 'web-1/shop [P42/D1] 0123456789ABCDEF0123456789ABCDEF', 1 FROM n");
  constexpr int kNodes = 50, kMarks = 200;
  const auto connection = open_store(shop.url())->connect(Access::read_write);
  for (int i = 0; i < kNodes; ++i) {
    NodeReport node;
    node.name = "web-" + std::to_string(i);
    node.incarnation = Guid::random();
    node.position = {count};
    connection->nodes().beat(node);
    const RefresherRecord products{.refresher = kProducts, .name = "Products"};
    connection->history().declare(node, {&products, 1});
    std::vector<ProgressMark> marks;
    for (int mark = 0; mark <= kMarks; ++mark) {
      marks.push_back({{std::int64_t{count} * mark / kMarks}, std::chrono::milliseconds(mark)});
    }
    connection->history().record_progress(node, marks, true);
  }
}

double seconds_to_explain(const Shop& shop, const std::string& key) {
  const std::vector<std::string> args{"--store", shop.url(), "explain", "Products", key};
  std::istringstream in;
  std::ostringstream out, err;
  cli::Interrupt interrupt;
  const auto begun = std::chrono::steady_clock::now();
  if (cli::run(args, {in, out, err}, {}, interrupt) != 0) {
    throw Error("bench", err.str());
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

void measure_explain(const Report& report, const std::string& name, int each) {
  const Shop shop;
  fill_for_explain(shop, report.pick(1'000'000, 1'000'000, 1'000), each);
  double best = seconds_to_explain(shop, "2000");
  for (int i = 1; i < report.pick(7, 3, 1); ++i) {
    best = std::min(best, seconds_to_explain(shop, "2000"));
  }
  report.value(name, best, "s", Aim::at_most(1));
}

}  // namespace

void explain(const Report& report) {
  if (report.wants("explain_of_many")) {
    measure_explain(report, "explain_of_many", 2000);  // refreshers
  }
  if (report.wants("explain_of_one")) {
    measure_explain(report, "explain_of_one", 1);
  }
}

}  // namespace crier::bench
