// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/instruction.hpp>

#include "cli/database.hpp"
#include "sql_trigger.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::cli {
namespace {

using crier::test::kProducts;

const std::string kLog = "crierCacheInstruction";

ColumnInfo id_column() {
  return {.name = "id", .key = 1, .not_null = true, .integer = true, .only_integers = true};
}

// products(id INTEGER PRIMARY KEY, sku TEXT)
TableInfo products() {
  return {TableInfo::Kind::table, "products", {id_column(), {.name = "sku"}}, {{"id"}}};
}

TriggerRequest request(std::vector<std::string> id_columns = {}, bool payload = false) {
  return {std::move(id_columns), Guid::parse(kProducts).value(), payload};
}

std::string refusal(const TableInfo& table, const TriggerRequest& what = request(),
                    const std::string& name = "crier_products") {
  try {
    return "not refused: " + trigger_sql(table, kLog, name, what);
  } catch (const Error& error) {
    CHECK(error.invalid_argument());
    return error.what();
  }
}

TEST_CASE("triggers append an instruction with the row's id") {
  CHECK(trigger_sql(products(), kLog, "crier_products", request()) ==
        R"sql(BEGIN;
DROP TRIGGER IF EXISTS "crier_products_insert";
DROP TRIGGER IF EXISTS "crier_products_update";
DROP TRIGGER IF EXISTS "crier_products_delete";
CREATE TRIGGER "crier_products_insert" AFTER INSERT ON "products" BEGIN
  INSERT INTO "crierCacheInstruction" (utcStamp, jsonInstruction, originated, instructionCount)
  VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'),
    '[' || '{"RefreshType":2,"RefresherId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","IntId":' || NEW."id" || '}' || ']',
    'trigger products', 1);
END;
CREATE TRIGGER "crier_products_update" AFTER UPDATE ON "products" BEGIN
  INSERT INTO "crierCacheInstruction" (utcStamp, jsonInstruction, originated, instructionCount)
  VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'),
    '[' || CASE WHEN (OLD."id" IS NOT NEW."id" COLLATE BINARY) THEN
      '{"RefreshType":5,"RefresherId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","IntId":' || OLD."id" || '}' || ',' ELSE '' END ||
      '{"RefreshType":2,"RefresherId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","IntId":' || NEW."id" || '}' || ']',
    'trigger products', 1 + (OLD."id" IS NOT NEW."id" COLLATE BINARY));
END;
CREATE TRIGGER "crier_products_delete" AFTER DELETE ON "products" BEGIN
  INSERT INTO "crierCacheInstruction" (utcStamp, jsonInstruction, originated, instructionCount)
  VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'),
    '[' || '{"RefreshType":5,"RefresherId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","IntId":' || OLD."id" || '}' || ']',
    'trigger products', 1);
END;
CREATE TABLE IF NOT EXISTS crierTrigger (name TEXT NOT NULL PRIMARY KEY, onTable TEXT NOT NULL,
  command TEXT NOT NULL) WITHOUT ROWID;
DELETE FROM crierTrigger WHERE name = 'crier_products';
INSERT INTO crierTrigger VALUES ('crier_products', 'products',
  'crier sql-trigger --table products --refresher 7c9e6679-7425-40de-944b-e07fc1f90ae7');
COMMIT;)sql");
  CHECK(drop_trigger_sql("crier_a\"b") ==
        "BEGIN;\n"
        "DROP TRIGGER IF EXISTS \"crier_a\"\"b_insert\";\n"
        "DROP TRIGGER IF EXISTS \"crier_a\"\"b_update\";\n"
        "DROP TRIGGER IF EXISTS \"crier_a\"\"b_delete\";\n"
        "CREATE TABLE IF NOT EXISTS crierTrigger (name TEXT NOT NULL PRIMARY KEY, onTable TEXT NOT "
        "NULL,\n"
        "  command TEXT NOT NULL) WITHOUT ROWID;\n"
        "DELETE FROM crierTrigger WHERE name = 'crier_a\"b';\n"
        "COMMIT;");
}

TEST_CASE("what is no table of the application's gets no triggers, with a reason") {
  TableInfo table = products();
  SUBCASE("missing") {
    table.kind = TableInfo::Kind::missing;
    CHECK(refusal(table) == "the table \"products\" is not in the database");
  }
  SUBCASE("a view") {
    table.kind = TableInfo::Kind::view;
    CHECK(refusal(table) ==
          "the table \"products\" is a view, whose rows change unheard: name the tables that it "
          "shows");
  }
  SUBCASE("a virtual table") {
    table.kind = TableInfo::Kind::virtual_table;
    CHECK(refusal(table) == "the table \"products\" is a virtual table, which takes no triggers");
  }
  SUBCASE("crier's") {
    table.kind = TableInfo::Kind::reserved;
    CHECK(refusal(table) == "the table \"products\" is crier's or the database's own");
  }
  SUBCASE("the instruction table") {
    table.name = "CRIERcacheINSTRUCTION";
    CHECK(refusal(table) == "the table \"CRIERcacheINSTRUCTION\" is the instruction table itself");
  }
}

TEST_CASE("a key that is no id is refused, with a reason and the way out") {
  const std::string advice = "; give --payload, and nodes get the key as JSON";
  TableInfo table = products();
  SUBCASE("composite") {
    table.columns[1].key = 2;
    CHECK(refusal(table) ==
          "the key of the table \"products\" has 2 columns, and an instruction takes one id" +
              advice);
    CHECK(refusal(products(), request({"id", "sku"})).ends_with("takes one id" + advice));
  }
  SUBCASE("text") {
    CHECK(refusal(table, request({"sku"})) ==
          "the column \"sku\" of the table \"products\" is not declared as INTEGER, and an id is a "
          "whole number" +
              advice);
  }
  SUBCASE("nullable") {
    table.columns[0].not_null = false;
    CHECK(refusal(table) ==
          "the column \"id\" of the table \"products\" may be NULL, which is no id" + advice);
  }
  SUBCASE("not unique") {
    table.unique = {{"id", "sku"}, {"id", ""}};  // of which one is partial
    CHECK(refusal(table) ==
          "the column \"id\" of the table \"products\" is not unique, so that it names no single "
          "row" +
              advice);
  }
  SUBCASE("none") {
    table.columns[0].key = 0;
    CHECK(refusal(table, request({}, true)) ==
          "the table \"products\" has no primary key: name the column that tells its rows apart, "
          "--id-column NAME");
    CHECK(refusal(table, request({"ID"})).starts_with("not refused"));
  }
  SUBCASE("not there") {
    CHECK(refusal(table, request({"nr"})) ==
          "--id-column: the table \"products\" has no column \"nr\"");
  }
}

TEST_CASE("a column that may hold text all the same is looked at row by row") {
  TableInfo table = products();
  table.columns[0].only_integers = false;
  CHECK(trigger_sql(table, kLog, "x", request())
            .find("CASE WHEN typeof(NEW.\"id\") = 'integer' THEN ") != std::string::npos);
}

TEST_CASE("names that a terminal acts upon, or that are not UTF-8, are refused") {
  TableInfo table = products();
  SUBCASE("of the table") { table.name = "a\x1b[2J"; }
  SUBCASE("of a column") { table.columns[0].name = "a\xff"; }
  CHECK(
      refusal(table).ends_with("holds control characters, or bytes that are not UTF-8: rename it"));
  CHECK(refusal(products(), request(), "a\x1b").find("rename it") != std::string::npos);
}

TEST_CASE("a trigger's name is one that the database takes") {
  const std::string taken = " can't begin the name of a trigger";
  CHECK(refusal(products(), request(), "") == "--name: \"\"" + taken);
  CHECK(refusal(products(), request(), "SQLite_x") == "--name: \"SQLite_x\"" + taken);
  CHECK_THROWS_AS(static_cast<void>(drop_trigger_sql("")), Error);
}

TEST_CASE("the name of a table that is very long is cut where the row says who wrote it") {
  TableInfo table = products();
  table.name = std::string(300, 'x');
  CHECK(trigger_sql(table, kLog, "x", request())
            .find("'trigger " + std::string(200, 'x') + "... (300 bytes)', 1") !=
        std::string::npos);
}

TEST_CASE("a REPLACE may delete a row unheard where something besides the key is unique") {
  TableInfo table = products();
  CHECK_FALSE(may_replace_unheard(table, request()));
  table.unique.push_back({"sku"});
  CHECK(may_replace_unheard(table, request()));
  table.unique = {{"sku", "id"}};
  CHECK_FALSE(may_replace_unheard(table, request({"id", "sku"}, true)));
}

}  // namespace
}  // namespace crier::cli
