// SPDX-License-Identifier: MIT
// Refreshers and nodes by their names.
#include "cli/cluster.hpp"
#include "name_cut.hpp"
#include "names.hpp"
#include "table.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

using cli::Names;

std::vector<std::string> cut_to(std::size_t columns, std::vector<std::string> names) {
  const cli::NameCut cut(names, columns);
  for (std::string& name : names) {
    name = cut(name);
    CHECK(cli::columns_of(name) <= columns);
  }
  return names;
}

TEST_CASE("names that are too long are cut where they still differ") {
  using All = std::vector<std::string>;
  CHECK(cut_to(5, {"web-1", "w"}) == All{"web-1", "w"});
  CHECK(cut_to(6, {"web-123"}) == All{"web…23"});
  CHECK(cut_to(6, {"häuserä1", "häuserä2"}) == All{"häu…ä1", "häu…ä2"});
  CHECK(cut_to(8, {"front-1-of-all", "front-2-of-all"}) == All{"front-1…", "front-2…"});
  // By their ends, their beginnings, ...
  CHECK(cut_to(10, {"node-1.shop.eu", "node-2.shop.eu"}) == All{"node-1….eu", "node-2….eu"});
  CHECK(cut_to(10, {"1-of-the-nodes", "2-of-the-nodes"}) == All{"1-of-…odes", "2-of-…odes"});
  CHECK(cut_to(10, {"shop-1-of-the-nodes", "shop-2-of-the-nodes"}) ==
        All{"shop-1…des", "shop-2…des"});
  // ... and what they share is dropped if nothing else will do.
  CHECK(cut_to(12, {"the-long-name-1.of.example.com", "the-long-name-2.of.example.com",
                    "the-long-name-11.of.example.com", "other"}) ==
        All{"the-lo…me-1…", "the-lo…me-2…", "the-lo…e-11…", "other"});
  for (const std::size_t columns : {1U, 2U, 3U}) {  // no crash, and no line too wide
    cut_to(columns, {"node-1.shop.eu", "node-2.shop.eu", "häuser.shop.eu", ".shop.eu"});
  }
}

// As an origin ends with it.
std::string hex_of(const Guid& incarnation) {
  std::string hex;
  for (const char c : incarnation.to_string()) {
    if (c != '-') {
      hex += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
  }
  return hex;
}

TEST_CASE("list tells nodes apart whose names are long and much alike") {
  const Database database;
  const std::string front = "a-node-with-a-long-name-", back = ".example.com";
  for (const int i : {1, 2}) {
    NodeReport node = report_of(front + std::to_string(i) + back);
    beat(database, node);
    database.put(i, all_of(kProducts), node.name + " [P1] " + hex_of(node.incarnation));
  }
  const std::string out = database.run({"list"}).out;
  CHECK(out.find("  …1.example.com  ") != std::string::npos);
  CHECK(out.find("  …2.example.com  ") != std::string::npos);
}

TEST_CASE("refreshers are printed by name, with the nodes that have them") {
  const Database database;
  CHECK(database.run({"refreshers"}) ==
        Outcome{0, "", "crier: no node has said which refreshers it has\n"});
  const NodeReport gone = report_of("web-3");
  declare(database, report_of("web-1"), {{kProducts, "Products"}, {kOrders, "Orders\x1b"}});
  declare(database, report_of("web-2"), {{kProducts, "Products"}, {"", "fallback"}});
  declare(database, gone, {{"99999999-9999-9999-9999-999999999999", "Old"}});
  goodbye(database, gone);
  CHECK(database.run({"refreshers"}) ==
        Outcome{0,
                "NAME          GUID                                  NODES\n"
                "Orders\\u001b  11111111-2222-3333-4444-555555555555  web-1\n"
                "Products      7c9e6679-7425-40de-944b-e07fc1f90ae7  web-1,web-2\n"
                "(any other)   -                                     web-2\n",
                ""});
  CHECK(database.run({"refreshers", "--all"}).out.find("\nOld ") != std::string::npos);
  CHECK(
      database.run({"refreshers", "--json"})
          .out.find("{\"refresher\":\"7c9e6679-7425-40de-944b-e07fc1f90ae7\",\"name\":\"Products\","
                    "\"nodes\":[\"web-1\",\"web-2\"]}\n") != std::string::npos);
}

TEST_CASE("send takes a name, in any case, and refuses what no node has") {
  const Database database;
  declare(database, report_of("web-1"), {{kProducts, "Products"}, {kOrders, "Orders"}});
  CHECK(database.run({"send", "--refresher", "products", "--id", "7"}).out.starts_with("1-"));
  CHECK(
      query(database.path(), "SELECT jsonInstruction FROM crierCacheInstruction").find(kProducts) !=
      std::string::npos);
  CHECK(database.run({"send", "--refresher", "Prodcts", "--all"}) ==
        Outcome{2, "",
                "crier: --refresher: \"Prodcts\" is no refresher that a node has, and not a GUID "
                "such as 7c9e6679-7425-40de-944b-e07fc1f90ae7; did you mean Products?\n"});
  std::string typo = kProducts;
  typo.back() = '8';
  const Args wrong{"send", "--refresher", typo, "--all"};
  CHECK(database.run(wrong) ==
        Outcome{2, "",
                "crier: no node has the refresher " + typo + "; did you mean Products (" +
                    kProducts + ")? Else see crier refreshers, or give --force\n"});
  CHECK(database.rows() == "1");
  CHECK(database.run({"replay", "1", "--refresher", "PRODUCTS"}) == Outcome{0, "1 -> 2\n", ""});
  CHECK(database.run({"replay", "1", "--refresher", "x"}).code == 2);
  Args forced = wrong;
  forced.emplace_back("--force");
  CHECK(database.run(forced).code == 0);

  SUBCASE("unless a fallback takes it") {
    declare(database, report_of("web-2"), {{"", "fallback"}});
    CHECK(database.run(wrong).code == 0);
  }
  SUBCASE("or a node has not said what it has") {
    beat(database, report_of("web-2"));
    CHECK(database.run(wrong).code == 0);
  }
}

TEST_CASE("nobody can tell who has a refresher if no node is there") {
  const Database database;
  CHECK(database.run({"send", "--refresher", kProducts, "--all"}).code == 0);
  const NodeReport node = report_of("web-1");
  declare(database, node, {{kOrders, "Orders"}});
  CHECK(database.run({"send", "--refresher", kProducts, "--all"}).code == 2);
  goodbye(database, node);
  CHECK(database.run({"send", "--refresher", kProducts, "--all"}).code == 0);
}

TEST_CASE("a name that two refreshers bear is refused, and shown for neither") {
  const Database database;
  declare(database, report_of("web-1"), {{kProducts, "Cache"}, {kOrders, "cache"}});
  CHECK(database.run({"send", "--refresher", "cache", "--all"}) ==
        Outcome{2, "",
                "crier: --refresher: \"cache\" is the name of " + kOrders + " and " + kProducts +
                    ": give the GUID\n"});
  CHECK(database.run({"send", "--refresher", kProducts, "--all"}).code == 0);
  CHECK(database.run({"show", "1"}).out.find("  " + kProducts + " refresh_all") !=
        std::string::npos);
}

TEST_CASE("entries show who wrote them and whom they are for, by name") {
  const Database database;
  const NodeReport node = report_of("web-1");
  declare(database, node, {{kProducts, "Products"}});
  const std::string hex = hex_of(node.incarnation);
  database.put(1, ids_of(kProducts, "[1,2]"), "vm-1/shop [P17/D1] " + hex, 2);
  database.put(2, ids_of(kProducts, "[3]"), "vm-1/shop [P17/D1] " + hex + "/4");
  CHECK(database.run({"list"}).out ==
        "ID      TIME            NODE            INSTRUCTIONS\n"
        "1       11-21 10:00:01  web-1           Products refresh_by_ids 1,2\n"
        "2       11-21 10:00:02  web-1           Products refresh_by_ids 3\n");
  CHECK(database.run({"show", "1"}).out.find("\nnode    web-1\n") != std::string::npos);
  CHECK(database.run({"show", "1"}).out.find("\n  Products refresh_by_ids 1,2") !=
        std::string::npos);
  CHECK(database.run({"list", "--origin", "WEB-1", "--refresher", "Products", "--id", "3"})
            .out.find("\n2 ") != std::string::npos);
  CHECK(database.run({"list", "--count-by", "origin"}).out ==
        "ENTRIES  INSTRUCTIONS  ORIGIN\n      2             3  web-1\n");

  SUBCASE("also once the node is forgotten, if its start is in the history") {
    EventRecord joined;
    joined.kind = "joined";
    joined.node = "web-1";
    joined.incarnation = node.incarnation;
    const auto store = open_store(database.url());
    store->connect(Access::read_write)->history().record({&joined, 1});
    goodbye(database, node);
    CHECK(database.run({"nodes", "--forget", "web-1"}).code == 0);
    CHECK(database.run({"list"}).out.find("\n1       11-21 10:00:01  web-1  ") !=
          std::string::npos);
  }
}

TEST_CASE("an origin's incarnation is found at its end, and nowhere else") {
  const std::string hex = "0123456789ABCDEF0123456789ABCDEF";
  CHECK(cli::incarnation_in("vm/shop [P1/D1] " + hex) == Guid::parse(hex));
  CHECK(cli::incarnation_in("vm/shop [P1/D1] " + hex + "/12") == Guid::parse(hex));
  CHECK_FALSE(cli::incarnation_in("vm/shop " + hex));
  CHECK_FALSE(cli::incarnation_in("vm/shop [P1/D1] 0123"));
  CHECK_FALSE(cli::incarnation_in(""));
}

}  // namespace
}  // namespace crier::test
