// SPDX-License-Identifier: MIT
// Triggers on many tables at once, and those that are gone again.
#include "cli/triggered.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

TEST_CASE(
    "triggers that a rebuilt table has lost are a problem, until they are there or given up") {
  const Triggered products(kProductsTable);
  products.make({"products", "--name", "told"});
  const auto status = [&] { return products.database().run({"status"}).out; };
  const std::string gone =
      "problem changes-not-told: the triggers on the table 'products' in the database '" +
      products.database().path() + "' are gone, ";
  CHECK(status().find(gone) == std::string::npos);
  // As an ORM does that changes a column.
  products.run(
      "CREATE TABLE new_products (id INTEGER PRIMARY KEY, name TEXT NOT NULL); "
      "DROP TABLE products; ALTER TABLE new_products RENAME TO products");
  CHECK(products.heard("INSERT INTO products VALUES (1, 'a')").empty());
  CHECK(status().find(gone) != std::string::npos);
  CHECK(status().find("makes them again: crier sql-trigger --table products --refresher " +
                      kProducts + " --name told") != std::string::npos);
  CHECK(products.database().run({"status"}).code == 3);
  products.make({"products", "--name", "told"});
  CHECK(products.heard("INSERT INTO products VALUES (2, 'a')") == "refresh_by_id 2\n");
  CHECK(status().find(gone) == std::string::npos);
  products.run("DROP TRIGGER told_update");
  CHECK(status().find(gone) != std::string::npos);
  products.run(products.database()
                   .run({"sql-trigger", "--table", "products", "--name", "told", "--drop"})
                   .out);
  CHECK(status().find(gone) == std::string::npos);
}

TEST_CASE("sql-trigger --all-tables prints what a file asks for, or nothing") {
  const Triggered shop(kProductsTable +
                       "; CREATE TABLE prices (country TEXT, product INTEGER, "
                       "PRIMARY KEY (country, product)); CREATE TABLE \"odd one\" (nr INTEGER NOT "
                       "NULL UNIQUE)");
  const std::string list = "# what nodes cache\n\nproducts " + kProducts + "\r\n" +
                           R"({"table":"prices","refresher":")" + kProducts +
                           R"(","payload":true,"idColumns":["country"],"name":"told"})" + "\n" +
                           R"({"table":"odd one","refresher":")" + kProducts +
                           R"(","idColumns":["nr"]})";
  const auto run = [&](const std::string& input, Args more = {}) {
    more.insert(more.begin(), {"sql-trigger", "--all-tables", "-"});
    return shop.database().run(more, input);
  };
  const Outcome made = run(list);
  REQUIRE(made.code == 0);
  shop.run(made.out);
  CHECK(shop.heard("INSERT INTO products VALUES (1, 'a'); INSERT INTO \"odd one\" VALUES (7)") ==
        "refresh_by_id 1\nrefresh_by_id 7\n");
  CHECK(shop.heard("INSERT INTO prices VALUES ('de', 1)") ==
        R"(refresh_by_json {"op":"insert","key":{"country":"de"}})"
        "\n");
  shop.run(run(list, {"--drop"}).out);
  CHECK(shop.heard("DELETE FROM products; DELETE FROM prices; DELETE FROM \"odd one\"").empty());

  for (const auto& [text, why] : std::vector<std::pair<std::string, std::string>>{
           {"", "the file names no table"},
           {"products", "line 1: write TABLE REFRESHER [COLUMN ...], or a JSON object"},
           {"\nproducts x", "line 2: the refresher"},
           {"products 00000000-0000-0000-0000-000000000000", "no refresher can bear this GUID"},
           {"{\"table\":1}", "line 1: this is no JSON object of texts"},
           {"{\"tabel\":\"x\"}", "known are table, refresher, idColumns, payload, tag and name"},
           {"{\"table\":", "line 1: this is no JSON object of texts"},
           {"products " + kProducts + "\nnone " + kProducts, "is not in the database"}}) {
    const Outcome outcome = run(text);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK_MESSAGE(outcome.err.find(why) != std::string::npos, outcome.err);
  }
  CHECK(run(list, {"--payload"}).code == 2);
}

}  // namespace
}  // namespace crier::test
