// SPDX-License-Identifier: MIT
// What a scrape of a node reads.
#include <crier/cached_region.hpp>
#include <crier/error.hpp>
#include <crier/hybrid_cache.hpp>
#include <crier/metrics.hpp>
#include <crier/shared_cache.hpp>

#include "base/duration_counter.hpp"
#include "support/errors.hpp"
#include "unit/stuck_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

constexpr Guid kMeasured = Guid::parse("7d2f1e64-0c53-4a86-b1de-54c06a3f9b12").value();

bool holds(const std::string& page, const std::string& line) {
  return ("\n" + page).find("\n" + line + "\n") != std::string::npos;
}

TEST_CASE("durations are counted in the bucket that they don't exceed") {
  DurationCounter counter;
  counter.add(-1ms);
  counter.add(500us);
  counter.add(501us);
  counter.add(30s);
  counter.add(30s + 1us);
  const Durations durations = counter.read();
  CHECK(durations.counts.front() == 2);
  CHECK(durations.counts[1] == 1);
  CHECK(durations.counts[durations.counts.size() - 2] == 1);
  CHECK(durations.counts.back() == 1);
  CHECK(durations.total == 60s + 1002us);
}

TEST_CASE("metrics: of a node and its caches, as Prometheus reads them") {
  const NodeFixture fixture;
  Options options = fixture.options();
  options.node_name = "web \"1\"";
  options.log = [](LogLevel, std::string_view) {};
  options.cold_start = ColdStart::refresh_all;
  Registry registry;
  CachedRegion<std::int64_t, std::string> region(registry, kMeasured, "numbers");
  HybridCache<std::string> pages(registry, kProducts, "pages", open_shared_cache(options.store));
  HybridCache<std::string> alone(registry, kOrders, "alone", nullptr);
  Node node(options, std::move(registry));
  const auto page = [&] { return metrics(node, region, pages, alone); };
  const std::string name = R"({node="web \"1\"")";

  CHECK(holds(page(), "crier_node_health" + name + ",state=\"bad\"} 1"));
  node.start();
  REQUIRE(eventually([&] { return node.health().state == HealthState::ok; }));
  region.get(1, [](std::int64_t) { return std::string("one"); });
  region.get(1, [](std::int64_t) { return std::string("two"); });
  pages.get("a", [] { return std::string("a"); });
  REQUIRE(node.wait_applied(node.cache().refresh(kMeasured, 1), 20s));
  const std::string now = page();
  for (const char* rest :
       {"health{},state=\"ok\"} 1", "health{},state=\"degraded\"} 0", "health{},state=\"bad\"} 0",
        "published_total{}} 1", "failed_total{}} 0", "resyncs_total{},reason=\"hole\"} 0",
        "resyncs_total{},reason=\"first_start\"} 1", "position_entry{}} 1",
        "append_duration_seconds_count{}} 1", "append_duration_seconds_bucket{},le=\"+Inf\"} 1",
        "append_duration_seconds_bucket{},le=\"30.0\"} 1",
        "apply_duration_seconds_bucket{},le=\"30.0\"} 4"}) {
    std::string line = std::string("crier_node_") + rest;
    line.replace(line.find("{}"), 2, name);
    CHECK_MESSAGE(holds(now, line), line << "\n" << now);
  }
  for (const char* rest :
       {"hits_total{},cache=\"numbers\"} 1", "loads_total{},cache=\"numbers\"} 1",
        "invalidations_total{},cache=\"numbers\"} 1", "entries{},cache=\"numbers\"} 0",
        "entries{},cache=\"pages\"} 1", "shared_misses_total{},cache=\"pages\"} 1"}) {
    std::string line = std::string("crier_cache_") + rest;
    line.replace(line.find("{}"), 2, name);
    CHECK_MESSAGE(holds(now, line), line << "\n" << now);
  }
  for (const char* none : {"numbers", "alone"}) {
    CHECK(now.find("shared_hits_total" + name + ",cache=\"" + none) == std::string::npos);
  }
  CHECK(now.find("refresher_trouble") == std::string::npos);
  CHECK(metrics(node).find("crier_cache_") == std::string::npos);
  const std::string open_metrics = metrics(node, MetricsFormat::open_metrics, region);
  CHECK(holds(open_metrics, "# TYPE crier_cache_hits counter"));
  CHECK(holds(open_metrics, "crier_cache_hits_total" + name + ",cache=\"numbers\"} 1"));
  CHECK(open_metrics.ends_with("\n# EOF\n"));
  CHECK(error_of([&] { static_cast<void>(metrics(node, region, region)); }).invalid_argument());
}

TEST_CASE_FIXTURE(StuckFixture,
                  "metrics: a refresher in trouble is named, and what has run counts") {
  quick.refresher_deadline = 300ms;
  start();
  hang();
  CHECK(eventually([&] { return node->freshness().troubles.size() == 1; }));
  CHECK(metrics(*node).find("crier_node_refresher_trouble{node=\"a\",refresher=\"" +
                            kProducts.to_string() + "\",name=\"hanging\",state=\"stuck\"} 1\n") !=
        std::string::npos);
  outside->gate.open();
  CHECK(eventually([&] { return node->counters().applies.total >= 4ms; }));  // it had hung for 300
}

}  // namespace
}  // namespace crier::test
