// SPDX-License-Identifier: MIT
// Grafana's board in contrib/grafana: what it asks of Prometheus, Debian's Prometheus answers.
#include "cli/cluster.hpp"
#include "contrib/prometheus.hpp"
#include "contrib/shop.hpp"
#include "shells/run_program.hpp"
#include "support/contents.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

using Json = nlohmann::json;

struct Query {
  std::string panel;
  std::string expression;
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// As Grafana asks if all logs are chosen, of the last five minutes.
std::vector<Query> queries_of(const Json& board) {
  std::vector<Query> queries;
  for (const Json& panel : board.at("panels")) {
    for (const Json& target : panel.value("targets", Json::array())) {
      const std::string expression = replaced(target.at("expr"), "$log", ".*");
      queries.push_back({panel.at("title"), replaced(expression, "$__rate_interval", "5m")});
    }
  }
  return queries;
}

TEST_CASE("the board: each of its expressions gives data") {
  if (!is_here("prometheus", "prometheus")) {
    return;
  }
  const Json board = Json::parse(contents(source_file("contrib/grafana/crier.json")));
  const std::vector<Query> queries = queries_of(board);
  REQUIRE(queries.size() > 30);

  Shop shop;
  PageServer pages;
  const auto show = [&] {
    const std::string log = shop.database.run({"metrics"}).out;
    pages.put("/log", log);
    pages.put("/one", shop.one.page());
    pages.put("/two", shop.two.page());
    return log;
  };
  const EntryId newest = shop.trade();
  show();
  const Prometheus prometheus(pages, {"/log", "/one", "/two"});
  const auto shows = [&](const std::string& expression) {
    REQUIRE(prometheus.gives_data(expression));
  };
  shows("up{job=\"two\"} == 1");
  shows("crier_log_newest_entry == " + std::to_string(newest.value));
  shows("crier_cache_hits_total{job=\"one\"}");

  shop.trade();
  shop.two.fragile->fails = true;
  shop.one.node.cache().refresh(Fragile::kId, 8);
  REQUIRE(eventually([&] { return !shop.two.node.freshness().troubles.empty(); }));
  REQUIRE(eventually([&] { return show().find("crier_problem{") != std::string::npos; }));
  for (const Query& query : queries) {
    CAPTURE(query.panel);
    CAPTURE(query.expression);
    CHECK(prometheus.gives_data(query.expression));
  }
}

TEST_CASE("the board: its panels have names, places and a data source that is a variable") {
  const Json board = Json::parse(contents(source_file("contrib/grafana/crier.json")));
  CHECK(board.at("schemaVersion") >= 36);  // Grafana 9
  std::set<std::string> variables;
  for (const Json& variable : board.at("templating").at("list")) {
    variables.insert(variable.at("name").get<std::string>());
  }
  CHECK(variables == std::set<std::string>{"datasource", "log"});
  std::set<int> ids;
  std::set<std::pair<int, int>> cells;
  for (const Json& panel : board.at("panels")) {
    CAPTURE(panel.at("title"));
    CHECK(ids.insert(panel.at("id").get<int>()).second);
    const Json& place = panel.at("gridPos");
    CHECK(place.at("x").get<int>() + place.at("w").get<int>() <= 24);
    for (int x = 0; x < place.at("w"); ++x) {
      for (int y = 0; y < place.at("h"); ++y) {
        CHECK(cells.emplace(place.at("x").get<int>() + x, place.at("y").get<int>() + y).second);
      }
    }
    for (const Json& target : panel.value("targets", Json::array())) {
      CHECK(target.at("datasource").at("uid") == "${datasource}");
    }
  }
}

}  // namespace
}  // namespace crier::test
