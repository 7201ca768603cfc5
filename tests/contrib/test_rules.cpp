// SPDX-License-Identifier: MIT
// The rules of contrib/prometheus, and what crier tells, in Debian's Prometheus.
#include "cli/cluster.hpp"
#include "contrib/prometheus.hpp"
#include "contrib/shop.hpp"
#include "shells/run_program.hpp"
#include "support/contents.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::string age_of_figures(std::chrono::seconds age) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return "node_textfile_mtime_seconds{file=\"/var/lib/crier-shop.prom\"} " +
         std::to_string(std::chrono::floor<std::chrono::seconds>(now - age).count()) + "\n";
}

std::string figures(const Database& database, const std::string& log, Args more = {}) {
  more.insert(more.begin(), {"metrics", "--log", log});
  return database.run(more).out;
}

constexpr const char* kOpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

bool is_alert(const Rule& rule) { return rule.name.starts_with("Crier"); }

TEST_CASE("each alert is silent while all is well, and has its data when it is not") {
  if (!is_here("prometheus", "prometheus")) {
    return;
  }
  const Healthy ill, dead, lost;
  Shop shop;
  PageServer pages;
  shop.trade();
  pages.put("/ill", figures(ill.database, "ill"));
  pages.put("/dead", figures(dead.database, "dead", {"--openmetrics"}), kOpenMetrics);
  pages.put("/lost", figures(lost.database, "lost"));
  pages.put("/node", shop.one.page());
  pages.put("/node-2", shop.two.page(MetricsFormat::open_metrics), kOpenMetrics);
  pages.put("/textfile", age_of_figures(0s));
  const std::vector<std::string> all{"/ill", "/dead", "/lost", "/node", "/node-2", "/textfile"};
  const Prometheus prometheus(pages, all);
  REQUIRE(eventually([&] { return prometheus.series("up == 1") == all.size(); }));
  const std::vector<Rule> rules = prometheus.rules();
  REQUIRE(rules.size() > 12);
  for (const Rule& rule : rules) {
    CAPTURE(rule.name);
    if (is_alert(rule)) {
      CHECK(eventually([&] { return prometheus.series(rule.expression) == 0; }));
    } else {
      CHECK(prometheus.gives_data(rule.name));
    }
  }

  NodeReport failing = ill.leader;
  failing.failed = 1;
  failing.resyncs = 7;
  beat(ill.database, failing);
  beat(ill.database, report_of("web-2", 8));
  pass(dead.database, 5h);
  std::filesystem::remove(lost.database.path());
  shop.one.node.stop();
  pages.put("/ill", figures(ill.database, "ill"));
  pages.put("/dead", figures(dead.database, "dead", {"--openmetrics"}), kOpenMetrics);
  pages.put("/lost", figures(lost.database, "lost"));
  pages.put("/node", shop.one.page());
  pages.put("/textfile", age_of_figures(1h));
  for (const Rule& rule : rules) {
    CAPTURE(rule.name);
    CHECK((!is_alert(rule) || prometheus.gives_data(rule.expression)));
  }
}

TEST_CASE("promtool finds nothing wrong with rules, their tests, and what crier tells") {
  if (!is_here("promtool", "prometheus")) {
    return;
  }
  const Healthy healthy;
  beat(healthy.database, report_of("web \"2\"\\\n\xff", 3));
  pass(healthy.database, 5h);
  Shop shop;
  shop.trade();
  const TempDir folder;
  write_file(folder, "log", figures(healthy.database, "s\"hop\n"));
  write_file(folder, "node", shop.one.page());
  const auto passes = [&](const std::string& command) {
    const Ran ran = run_program(folder, {"sh", "-c", command});
    INFO(text_of(ran.out) << text_of(ran.err));
    CHECK(ran.code == 0);
  };
  passes("promtool check metrics < log");
  passes("promtool check metrics < node");
  const std::string rules = "cd " + source_file("contrib/prometheus") + " && promtool ";
  passes(rules + "check rules *.rules.yml");
  passes(rules + "test rules *.rules.test.yml");
}

}  // namespace
}  // namespace crier::test
