// SPDX-License-Identifier: MIT
// Refreshers and nodes by their names.
#include "cli/cluster.hpp"
#include "names.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

using cli::Names;

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
                    kProducts + ")?; see crier refreshers, or give --force\n"});
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
  std::string hex;
  for (const char c : node.incarnation.to_string()) {
    if (c != '-') {
      hex += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
  }
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
