// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "cli/triggered.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::test {
namespace {

TEST_CASE("with triggers every writer is heard, row by row") {
  const Triggered products(kProductsTable);
  CHECK(products.make({"products"}).empty());
  CHECK(products.heard("INSERT INTO products VALUES (42, 'a'), (-7, 'b'), (9223372036854775807, "
                       "'c')") ==
        "refresh_by_id 42\nrefresh_by_id -7\nrefresh_by_id 9223372036854775807\n");
  CHECK(products.heard("UPDATE products SET name = 'd' WHERE id <= 42") ==
        "refresh_by_id -7\nrefresh_by_id 42\n");
  CHECK(products.heard("UPDATE products SET id = 43 WHERE id = 42") ==
        "remove_by_id 42; refresh_by_id 43\n");
  CHECK(products.heard("INSERT OR REPLACE INTO products VALUES (43, 'e')") == "refresh_by_id 43\n");
  CHECK(products.heard("INSERT INTO products VALUES (43, 'f') ON CONFLICT DO UPDATE SET name = "
                       "'f'") == "refresh_by_id 43\n");
  CHECK(products.heard("INSERT OR IGNORE INTO products VALUES (43, 'g')").empty());
  CHECK(products.heard("BEGIN; DELETE FROM products; ROLLBACK").empty());
  CHECK(products.heard("INSERT INTO products (name) VALUES ('h') ON CONFLICT DO NOTHING")
            .starts_with("refresh_by_id "));
  CHECK(products.heard("DELETE FROM products WHERE id < 100") ==
        "remove_by_id -7\nremove_by_id 43\n");
}

TEST_CASE("a row says which table's trigger wrote it") {
  const Triggered products(kProductsTable);
  products.make({"products"});
  products.run("INSERT INTO products VALUES (1, 'a')");
  CHECK(query(products.database().path(), "SELECT originated FROM crierCacheInstruction") ==
        "trigger products");
}

TEST_CASE("the same command again takes the place of what it made before") {
  const Triggered products(kProductsTable);
  products.make({"products"});
  products.make({"PRODUCTS", "--payload"});
  CHECK(products.heard("INSERT INTO products VALUES (1, 'a')") ==
        "refresh_by_json {\"op\":\"insert\",\"key\":{\"id\":1}}\n");
  const Outcome drop = products.database().run({"sql-trigger", "--table", "products", "--drop"});
  CHECK(drop.code == 0);
  products.run(drop.out);
  CHECK(products.heard("DELETE FROM products").empty());
  CHECK(query(products.database().path(),
              "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'") == "0");
}

TEST_CASE("with names of their own a table has the triggers of several refreshers") {
  const Triggered products(kProductsTable);
  products.make({"products"});
  products.make({"products", "--name", "second"});
  CHECK(products.heard("INSERT INTO products VALUES (1, 'a')") ==
        "refresh_by_id 1\nrefresh_by_id 1\n");
}

TEST_CASE("names are quoted, whatever they are") {
  for (const std::string name :
       {"a\"b", "order", "x'y", "two\nlines", "[x]", "`", "--", "café", "a.b", "%s{}"}) {
    CAPTURE(name);
    const auto quoted = [&](const std::string& text) {
      return query(":memory:", "SELECT '\"' || replace('" + text + "', '\"', '\"\"') || '\"'");
    };
    const std::string sql_name = name == "x'y" ? "\"x'y\"" : quoted(name);
    const Triggered table("CREATE TABLE " + sql_name + " (" + sql_name +
                          " INTEGER PRIMARY KEY, v)");
    table.make({name});
    CHECK(table.heard("INSERT INTO " + sql_name + " VALUES (1, 2)") == "refresh_by_id 1\n");
    table.make({name, "--payload"});
    CHECK(table.heard("DELETE FROM " + sql_name) ==
          "refresh_by_json {\"op\":\"delete\",\"key\":{" + json_string(name) + ":1}}\n");
    table.run(table.database().run({"sql-trigger", "--drop", "--table", name}).out);
    CHECK(table.heard("INSERT INTO " + sql_name + " VALUES (1, 2)").empty());
  }
}

TEST_CASE("a unique column of whole numbers may be named as the id") {
  const Triggered users("CREATE TABLE users (mail TEXT PRIMARY KEY, nr INT NOT NULL UNIQUE)");
  CHECK(users.make({"users", "--id-column", "NR"}).find("recursive_triggers") != std::string::npos);
  CHECK(users.heard("INSERT INTO users VALUES ('a', 5)") == "refresh_by_id 5\n");
  CHECK(users.heard("UPDATE users SET nr = 6") == "remove_by_id 5; refresh_by_id 6\n");
  SUBCASE("where it holds something else after all, everything is refreshed") {
    CHECK(users.heard("INSERT INTO users VALUES ('b', 'x\"y')") == "refresh_all\n");
    CHECK(users.heard("UPDATE users SET nr = 1.5 WHERE mail = 'a'") ==
          "remove_by_id 6; refresh_all\n");
    CHECK(users.heard("DELETE FROM users WHERE mail = 'a'") == "refresh_all\n");
  }
  SUBCASE("and a REPLACE by the other one is heard where triggers are recursive") {
    CHECK(users.heard("PRAGMA recursive_triggers = ON; REPLACE INTO users VALUES ('a', 7)") ==
          "remove_by_id 6\nrefresh_by_id 7\n");
  }
}

TEST_CASE("tables of every make have a key that is read as what it is") {
  const auto refused = [](const std::string& create, const Args& more = {}) {
    const Triggered table(create);
    Args args{"sql-trigger", "--refresher", kProducts, "--table", "t"};
    args.insert(args.end(), more.begin(), more.end());
    const Outcome outcome = table.database().run(args);
    CHECK(outcome.out.empty());
    CHECK((outcome.code == 2 || outcome.err.empty()));
    return outcome.err;
  };
  const auto made = [](const std::string& create) {
    const Triggered table(create);
    return table.make({"t"}).empty();
  };
  CHECK(made("CREATE TABLE t (id INTEGER PRIMARY KEY)"));
  CHECK(made("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)"));
  CHECK(made("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY)"));
  CHECK(made("CREATE TABLE t (id INT PRIMARY KEY) WITHOUT ROWID"));
  CHECK(made("CREATE TABLE t (id INT NOT NULL PRIMARY KEY) STRICT"));
  CHECK(refused("CREATE TABLE t (id INT PRIMARY KEY)").find("may be NULL") != std::string::npos);
  CHECK(refused("CREATE TABLE t (id INTEGER PRIMARY KEY DESC)").find("may be NULL") !=
        std::string::npos);
  CHECK(refused("CREATE TABLE t (id TEXT PRIMARY KEY)").find("not declared as INTEGER") !=
        std::string::npos);
  CHECK(refused("CREATE TABLE t (a INT, b INT, PRIMARY KEY (a, b))").find("2 columns") !=
        std::string::npos);
  CHECK(refused("CREATE TABLE t (a INT)").find("no primary key") != std::string::npos);
  CHECK(refused("CREATE TABLE t (a INT NOT NULL); CREATE UNIQUE INDEX i ON t (a) WHERE a > 0",
                {"--id-column", "a"})
            .find("is not unique") != std::string::npos);
  CHECK(refused("CREATE TABLE t (a INT NOT NULL); CREATE UNIQUE INDEX i ON t (abs(a))",
                {"--id-column", "a"})
            .find("is not unique") != std::string::npos);
  CHECK(refused("CREATE VIEW t AS SELECT 1 AS id").find("is a view") != std::string::npos);
  CHECK(refused("CREATE VIRTUAL TABLE t USING fts5(a)").find("virtual table") != std::string::npos);
}

TEST_CASE("crier's tables and the database's own are refused") {
  const Database database;
  for (const char* table :
       {"crierCacheInstruction", "CRIERNODE", "crierFailure", "sqlite_sequence", "sqlite_schema"}) {
    const Outcome outcome =
        database.run({"sql-trigger", "--refresher", kProducts, "--table", table});
    CHECK(outcome.code == 2);
    CHECK(outcome.err.ends_with("is crier's or the database's own\n"));
  }
  run_sql(database.path(), "CREATE TABLE crierProducts (id INTEGER PRIMARY KEY)");
  CHECK(database.run({"sql-trigger", "--refresher", kProducts, "--table", "crierProducts"}).code ==
        0);
}

TEST_CASE("--payload tells the key as JSON") {
  const Triggered prices(
      "CREATE TABLE prices (country TEXT COLLATE NOCASE, product INT, cents INT, "
      "PRIMARY KEY (country, product))");
  CHECK(prices.make({"prices", "--payload"}).empty());
  const auto told = [](const std::string& op, const std::string& country,
                       const std::string& product) {
    return "refresh_by_json {\"op\":\"" + op + "\",\"key\":{\"country\":" + country +
           ",\"product\":" + product + "}}";
  };
  CHECK(prices.heard("INSERT INTO prices VALUES ('de', 1, 100), ('a\"b''c\\' || char(10), 2, 3)") ==
        told("insert", "\"de\"", "1") + "\n" + told("insert", R"("a\"b'c\\\n")", "2") + "\n");
  CHECK(prices.heard("UPDATE prices SET cents = 101 WHERE country = 'de'") ==
        told("update", "\"de\"", "1") + "\n");
  SUBCASE("the old one and the new one where it changes, in no more than case, too") {
    CHECK(prices.heard("UPDATE prices SET country = 'DE' WHERE country = 'de'") ==
          told("delete", "\"de\"", "1") + "; " + told("update", "\"DE\"", "1") + "\n");
    CHECK(prices.heard("UPDATE prices SET product = NULL WHERE product = 1") ==
          told("delete", "\"DE\"", "1") + "; " + told("update", "\"DE\"", "null") + "\n");
  }
  SUBCASE("a blob in hexadecimal digits, and numbers as they are") {
    CHECK(prices.heard("INSERT INTO prices VALUES (x'00ff', 1.5, 3)") ==
          told("insert", "\"00FF\"", "1.5") + "\n");
  }
  SUBCASE("of the columns that are named") {
    prices.make({"prices", "--payload", "--id-column", "cents", "--id-column", "product"});
    CHECK(prices.heard("DELETE FROM prices WHERE country = 'de'") ==
          "refresh_by_json {\"op\":\"delete\",\"key\":{\"cents\":101,\"product\":1}}\n");
  }
}

TEST_CASE("--tag names a tag of a hybrid cache, with what the row has") {
  const Triggered products("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT, raw)");
  products.make({"products", "--tag", "it's {id}/{Name}"});
  const auto tag = [](const char* text) {
    return "refresh_by_json [{\"tag\":\"it's " + std::string(text) + "\"}]";
  };
  CHECK(products.heard("INSERT INTO products VALUES (42, 'a\"b', 1), (7, NULL, 1)") ==
        tag("42/a\\\"b") + "\n" + tag("7/") + "\n");
  CHECK(products.heard("UPDATE products SET raw = 2 WHERE id = 7") == tag("7/") + "\n");
  CHECK(products.heard("UPDATE products SET name = x'00ff' WHERE id = 7") ==
        tag("7/") + "; " + tag("7/00FF") + "\n");
  CHECK(products.heard("DELETE FROM products WHERE id = 7") == tag("7/00FF") + "\n");
}

TEST_CASE("triggers write into the instruction table that the URL names") {
  const Triggered products(kProductsTable, true);
  products.make({"products"});
  CHECK(products.heard("INSERT INTO products VALUES (1, 'a')") == "refresh_by_id 1\n");
  // What Umbraco's own classes can't read is told as "everything".
  CHECK(products.heard("INSERT INTO products VALUES (2147483647, 'b'), (2147483648, 'c')") ==
        "refresh_by_id 2147483647\nrefresh_all\n");
  CHECK(products.heard("DELETE FROM products WHERE id > 2147483647") == "refresh_all\n");
  CHECK(products.database()
            .run({"sql-trigger", "--refresher", kProducts, "--table", "umbracocacheinstruction"})
            .err.ends_with("is the instruction table itself\n"));
}

TEST_CASE("sql-trigger prints JSON") {
  const Database database;
  CHECK(database.run({"sql-trigger", "--table", "t", "--drop", "--json"}) ==
        Outcome{0,
                "{\"sql\":\"BEGIN;\\nDROP TRIGGER IF EXISTS \\\"crier_t_insert\\\";\\nDROP TRIGGER "
                "IF EXISTS \\\"crier_t_update\\\";\\nDROP TRIGGER IF EXISTS "
                "\\\"crier_t_delete\\\";\\n"
                "CREATE TABLE IF NOT EXISTS crierTrigger (name TEXT NOT NULL PRIMARY KEY, onTable "
                "TEXT NOT NULL,\\n  command TEXT NOT NULL) WITHOUT ROWID;\\nDELETE FROM "
                "crierTrigger WHERE name = 'crier_t';\\n"
                "COMMIT;\"}\n",
                ""});
}

TEST_CASE("a malformed sql-trigger is a usage error") {
  const Database database;
  run_sql(database.path(), kProductsTable);
  const auto said = [&](Args args) {
    args.insert(args.begin(), "sql-trigger");
    const Outcome outcome = database.run(args);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    return outcome.err;
  };
  CHECK(said({"--table", "products"}) ==
        "crier: --refresher is required; see crier sql-trigger --help\n");
  CHECK(said({"--table", "", "--drop"}) == "crier: --table: the table's name is empty\n");
  CHECK(said({"--table", "nowhere", "--refresher", kProducts}) ==
        "crier: the table \"nowhere\" is not in the database\n");
  CHECK(said({"--table", "products", "--refresher", "x"}).find("is not a GUID") !=
        std::string::npos);
  for (const char* guid :
       {"c71e5c71-e5c7-4e5c-8e5c-71e5c71e5c71", "00000000-0000-0000-0000-000000000000"}) {
    CHECK(said({"--table", "products", "--refresher", guid}) ==
          "crier: --refresher: no refresher can bear this GUID\n");
  }
  said({"--refresher", kProducts});
  const auto tagged = [&](const char* tag, Args more = {}) {
    more.insert(more.begin(), {"--table", "products", "--refresher", kProducts, "--tag", tag});
    return said(more);
  };
  for (const char* tag : {"", "{id", "id}", "{}", "a{id}b}"}) {
    CHECK(tagged(tag).starts_with("crier: --tag: "));
  }
  CHECK(tagged("{nothing}").find("has no column \"nothing\"") != std::string::npos);
  CHECK(tagged("{id}", {"--payload"}).starts_with("crier: --tag: the tag names its columns"));
  CHECK(run_tool({"sql-trigger", "--table", "t", "--drop"}).code == 0);  // needs no store
}

TEST_CASE("triggers of several applications in one file write to their own logs") {
  const TempDir dir;
  const std::string path = dir / "x.db";
  run_sql(path, kProductsTable);
  const auto store_of = [&](const std::string& app) { return "sqlite:" + path + "?app=" + app; };
  const auto entries = [&](const std::string& app) {
    return query(path, "SELECT count(*) FROM " + app + "_crierCacheInstruction");
  };
  const Args make{"sql-trigger", "--table", "products", "--refresher", kProducts};
  for (const std::string app : {"shop", "blog"}) {
    CHECK(run_tool({"migrate"}, "", store_of(app)).code == 0);
    run_sql(path, run_tool(make, "", store_of(app)).out);
  }
  run_sql(path, "INSERT INTO products VALUES (1, 'a')");
  CHECK(entries("shop") == "1");
  CHECK(entries("blog") == "1");

  run_sql(path,
          run_tool({"sql-trigger", "--table", "products", "--drop"}, "", store_of("shop")).out);
  run_sql(path, "DELETE FROM products; DROP TRIGGER blog_crier_products_insert");
  CHECK(entries("shop") == "1");
  CHECK(entries("blog") == "2");
  const auto says = [&](const std::string& app, const std::string& text) {
    return run_tool({"status"}, "", store_of(app)).out.find(text) != std::string::npos;
  };
  CHECK(says("blog", "the triggers on the table 'products'"));
  CHECK_FALSE(says("shop", "the triggers on the table 'products'"));
}

}  // namespace
}  // namespace crier::test
