// SPDX-License-Identifier: MIT
// That what docs/operations.md shows is what the tool prints, of nodes that run here.
#include <crier/admin/store.hpp>
#include <crier/node.hpp>

#include "cli/console.hpp"
#include "cli/database.hpp"
#include "support/contents.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

constexpr Guid kProductGuid = Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();
constexpr Guid kPriceGuid = Guid::parse("b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11").value();

// A cache of which nobody reads. One that does not work throws.
class ShopRefresher final : public CacheRefresher {
 public:
  ShopRefresher(Guid id, std::string name, bool works)
      : id_(id), name_(std::move(name)), works_(works) {}

  [[nodiscard]] Guid id() const override { return id_; }
  [[nodiscard]] std::string_view name() const override { return name_; }
  void refresh_all() override { refresh(0); }
  void refresh(std::int64_t) override {
    if (!works_) {
      throw std::runtime_error("no connection to the price service");
    }
  }
  void refresh(const Guid&) override { refresh(0); }
  void remove(std::int64_t) override { refresh(0); }

 private:
  const Guid id_;
  const std::string name_;
  const bool works_;
};

std::unique_ptr<Node> shop_node(const Database& database, const std::string& name,
                                bool prices_work = true) {
  Registry refreshers;
  refreshers.add(std::make_shared<ShopRefresher>(kProductGuid, "Products", true));
  refreshers.add(std::make_shared<ShopRefresher>(kPriceGuid, "Prices", prices_work));
  Options options;
  options.store = database.url();
  options.node_name = name;
  options.application = "shop";
  options.lease_duration = 1h;
  options.retry = {.retries = 1, .first_delay = 1ms};
  options.log = [](LogLevel, std::string_view) {};
  auto node = std::make_unique<Node>(options, refreshers);
  node->start();
  return node;
}

// What an import writes that is no node: entries that are two minutes old.
void run_import(const Database& database, const Guid& refresher, int first, int last) {
  run_sql(database.path(), "WITH RECURSIVE product(id) AS (SELECT " + std::to_string(first) +
                               " UNION ALL SELECT id + 1 FROM product WHERE id < " +
                               std::to_string(last) +
                               ") INSERT INTO crierCacheInstruction "
                               "(utcStamp, jsonInstruction, originated, instructionCount) SELECT "
                               "strftime('%Y-%m-%d %H:%M:%f', 'now', '-2 minutes'), "
                               "'[{\"RefreshType\":2,\"RefresherId\":\"" +
                               refresher.to_string() +
                               "\",\"IntId\":' || id || '}]', 'nightly import', 1 FROM product");
}

// Three nodes of a shop, of which web-2 can't refresh its prices, and one that has stopped.
class ShopCluster {
 public:
  ShopCluster() {
    web_3_ = shop_node(database, "web-3");
    shop_node(database, "web-4")->stop();
    run_import(database, kProductGuid, 1, 120);
    run_import(database, kPriceGuid, 42, 42);
    web_1_->cache().refresh(kProductGuid, 42);
    web_3_->cache().refresh(kProductGuid, 42);
    REQUIRE(eventually([&] { return have_told(); }));
  }
  const Database database;

 private:
  // Whether the beats tell all that has happened.
  [[nodiscard]] bool have_told() const {
    const auto store = open_store(database.url());
    const auto connection = store->connect(Access::read_only);
    const std::int64_t newest = connection->log().newest().id.value;
    std::size_t well = 0;
    for (const NodeRecord& node : connection->nodes().list()) {
      well += node.name == "web-2"
                  ? node.position.value == newest - 3 && node.troubles.size() == 1 &&
                        node.quarantined == 1 && !node.last_error.empty()
                  : node.state == NodeState::stopped || node.position.value == newest;
    }
    // The marks of a beat follow it. Where web-2 stands is before the last three.
    const auto have_passed = [&](std::int64_t entry) {
      return std::ranges::count_if(
          connection->history().passages({entry}),
          [](const Passage& passage) { return passage.after.has_value(); });
    };
    return well == 4 && have_passed(newest - 3) == 3 && have_passed(newest) == 2 &&
           connection->history().events({.node = "web-2"}).size() >= 3;
  }

  const std::unique_ptr<Node> web_1_ = shop_node(database, "web-1");
  const std::unique_ptr<Node> web_2_ = shop_node(database, "web-2", false);
  std::unique_ptr<Node> web_3_;
};

TEST_CASE("docs/operations.md shows what the tool prints") {
  const ShopCluster cluster;
  const std::string& path = cluster.database.path();
  const std::vector<Shown> all = shown_in(contents(source_file("docs/operations.md")));
  for (const Shown& shown : all) {
    CAPTURE(shown.command);
    const std::string printed = run_shown(shown.command, "sqlite:" + path);
    CHECK_MESSAGE(comparable(shown.output, path) == comparable(printed, path), printed);
  }
  CHECK(all.size() >= 10);
}

TEST_CASE("the check of docs/operations.md can fail") {
  const auto differs = [](const std::string& one, const std::string& other) {
    return comparable(one, "/x/shop.db") != comparable(other, "/x/shop.db");
  };
  CHECK_FALSE(differs("web-1  live  1.2 s\n", "web-1  live     598 ms\n"));
  CHECK(differs("web-1  live  1.2 s\n", "web-1  stale  598 ms\n"));
  CHECK(differs("3 entries\n", "4 entries\n"));
  CHECK(shown_in("```console\n$ crier list\n1\n2\n$ crier nodes\n```\nx\n").front().output ==
        "1\n2\n");
}

}  // namespace
}  // namespace crier::test
