// SPDX-License-Identifier: MIT
// Triggers on a table of PostgreSQL's: what the tool prints is run, and then any writer is heard.
#include <crier/codec.hpp>

#include "cli/database.hpp"
#include "cli/tool.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

// A table of the application's, in a schema of its own, beside crier's tables in another.
struct TriggeredTable {
  PostgresSpace crier;
  PostgresSpace shop;

  explicit TriggeredTable(const std::string& create) {
    REQUIRE(run_tool({"migrate"}, "", crier.url()).code == 0);
    shop.execute(create);
  }
  [[nodiscard]] Outcome tool(const std::string& table, Args more = {}) const {
    Args args{"sql-trigger", "--refresher", kProducts, "--table", shop.schema() + "." + table};
    args.insert(args.end(), more.begin(), more.end());
    return run_tool(args, "", crier.url());
  }
  void make(const std::string& table, const Args& more = {}) const {
    const Outcome outcome = tool(table, more);
    REQUIRE_MESSAGE(outcome.code == 0, outcome.err);
    shop.execute(outcome.out);
  }
  // Runs `sql`; what stands in the log for it, a line for each entry.
  [[nodiscard]] std::string heard(const std::string& sql) const {
    const auto connection = open_store(crier.url())->connect(Access::read_only);
    const EntryId before = connection->log().newest().id;
    shop.execute(sql);
    std::string lines;
    for (const Entry& entry : connection->log().read_after(before).entries) {
      const Decoded decoded = decode(entry.json_instruction);
      CHECK(decoded.problems.empty());
      CHECK(encode(decoded.instructions) == entry.json_instruction);
      std::string line;
      for (const Instruction& instruction : decoded.instructions) {
        line += (line.empty() ? "" : "; ") + std::string(to_string(instruction.type));
        if (instruction.type == RefreshType::refresh_by_json) {
          CHECK(is_json(instruction.payload));
          line += " " + instruction.payload;
        } else if (instruction.type == RefreshType::refresh_by_ids) {
          for (const std::int64_t id : instruction.ids) {
            line += " " + std::to_string(id);
          }
        } else if (instruction.type != RefreshType::refresh_all) {
          line += " " + std::to_string(instruction.id);
        }
      }
      lines += line + " (" + std::to_string(entry.instruction_count) + ")\n";
    }
    return lines;
  }
};

TEST_CASE("postgres: a trigger runs nothing of whoever owns the table") {
  if (postgres_folder().empty()) {
    return;
  }
  const TriggeredTable table("CREATE TABLE products (id bigint PRIMARY KEY, code text)");
  const std::string schema = table.shop.schema();
  const std::string joe = "joe" + schema;
  table.shop.execute("CREATE ROLE " + joe + " LOGIN; GRANT USAGE, CREATE ON SCHEMA " + schema +
                     " TO " + joe + "; ALTER TABLE products OWNER TO " + joe);
  Args more;
  std::string target = "bigint";
  std::string column = "id";
  SUBCASE("by its id") {}
  SUBCASE("by a payload") {
    more = {"--payload", "--id-column", "code"};
    target = "json";
    column = "code";
  }
  SUBCASE("by a tag") {
    more = {"--tag", "product:{code}"};
    target = "text";
    column = "code";
  }
  table.make("products", more);
  RawPostgres session("host=" + postgres_folder() + " dbname=crier user=" + joe);
  session.exec("SET search_path = " + schema + "; SET client_min_messages = warning");
  CHECK(table.heard("INSERT INTO products VALUES (1, 'a')") != "");
  session.exec(
      "DELETE FROM products; CREATE TABLE seen (who text); GRANT INSERT ON seen TO PUBLIC;"
      "CREATE TYPE evil AS (x bigint);"
      "CREATE FUNCTION cast_evil(evil) RETURNS " +
      target + " LANGUAGE plpgsql AS $$ BEGIN INSERT INTO " + schema +
      ".seen VALUES (current_user); RETURN '1'; END $$;"
      "CREATE CAST (evil AS " +
      target +
      ") WITH FUNCTION cast_evil AS ASSIGNMENT;"
      "ALTER TABLE products DROP COLUMN " +
      column + "; ALTER TABLE products ADD " + column + " evil");
  CHECK_THROWS_WITH(session.exec("INSERT INTO products VALUES (" +
                                 std::string(column == "id" ? "'b', ROW(3))" : "2, ROW(3))")),
                    doctest::Contains("belongs to a role that is not"));
  CHECK(session.value("SELECT count(*) FROM seen") == "0");
  table.shop.execute("DROP OWNED BY " + joe + " CASCADE; DROP ROLE " + joe);
}

TEST_CASE("postgres: one entry tells of all rows that a statement has changed") {
  if (postgres_folder().empty()) {
    return;
  }
  const TriggeredTable shop("CREATE TABLE products (id bigint PRIMARY KEY, name text)");
  shop.make("products");
  CHECK(shop.heard("INSERT INTO products VALUES (42, 'a')") == "refresh_by_id 42 (1)\n");
  CHECK(shop.heard("INSERT INTO products SELECT n, 'x' FROM generate_series(1, 200) AS n "
                   "WHERE n <> 42")
            .ends_with(" 198 199 200 (199)\n"));
  CHECK(shop.heard("UPDATE products SET name = 'd' WHERE id IN (7, 42, 9223372036854775807)") ==
        "refresh_by_ids 7 42 (2)\n");
  CHECK(shop.heard("UPDATE products SET id = -1 WHERE id = 42") ==
        "remove_by_id 42; refresh_by_id -1 (2)\n");
  CHECK(shop.heard("DELETE FROM products WHERE id IN (1, 2)") ==
        "remove_by_id 1; remove_by_id 2 (2)\n");
  CHECK(shop.heard("UPDATE products SET name = 'e' WHERE id = 1").empty());
  CHECK(shop.heard("INSERT INTO products VALUES (3, 'f'), (4000, 'g') "
                   "ON CONFLICT (id) DO UPDATE SET name = 'f'") ==
        "refresh_by_id 3 (1)\nrefresh_by_id 4000 (1)\n");
  CHECK(shop.heard("BEGIN; DELETE FROM products; ROLLBACK").empty());
  CHECK(shop.heard("INSERT INTO products SELECT n, 'y' FROM generate_series(10001, 11001) AS n") ==
        "refresh_all (1)\n");
  CHECK(shop.heard("TRUNCATE products") == "refresh_all (1)\n");
  CHECK(RawPostgres(shop.crier.conninfo())
            .value("SELECT DISTINCT originated FROM crierCacheInstruction") == "trigger products");
}

TEST_CASE("postgres: a key that is no id goes as JSON, whatever it holds") {
  if (postgres_folder().empty()) {
    return;
  }
  const TriggeredTable shop(
      "CREATE TABLE \"Odd's \"\"table\" (\"co\"\"un'try\" text, \"$crier$\" int, raw bytea, "
      "PRIMARY KEY (\"co\"\"un'try\", \"$crier$\", raw))");
  shop.make("\"Odd's \"\"table\"", {"--payload"});
  CHECK(shop.heard("INSERT INTO \"Odd's \"\"table\" VALUES (E'd\\\\e\"\\n', 7, '\\xff00')") ==
        "refresh_by_json {\"op\":\"insert\",\"key\":{\"co\\\"un'try\":\"d\\\\e\\\"\\n\","
        "\"$crier$\":7,\"raw\":\"ff00\"}} (1)\n");
  CHECK(shop.heard("UPDATE \"Odd's \"\"table\" SET \"$crier$\" = 8") ==
        "refresh_by_json {\"op\":\"delete\",\"key\":{\"co\\\"un'try\":\"d\\\\e\\\"\\n\","
        "\"$crier$\":7,\"raw\":\"ff00\"}}; "
        "refresh_by_json {\"op\":\"update\",\"key\":{\"co\\\"un'try\":\"d\\\\e\\\"\\n\","
        "\"$crier$\":8,\"raw\":\"ff00\"}} (2)\n");
}

TEST_CASE("postgres: whoever changes a row needs no right of crier's, and can't use the function") {
  if (postgres_folder().empty()) {
    return;
  }
  const TriggeredTable shop("CREATE TABLE products (id bigint PRIMARY KEY)");
  shop.make("products");
  const std::string role = "writer" + shop.shop.schema();
  shop.shop.execute("CREATE ROLE " + role + " LOGIN; GRANT USAGE ON SCHEMA " + shop.shop.schema() +
                    " TO " + role + "; GRANT INSERT ON products TO " + role);
  CHECK(shop.heard("SET ROLE " + role + "; INSERT INTO products VALUES (1)") ==
        "refresh_by_id 1 (1)\n");
  CHECK_THROWS_WITH(
      shop.shop.execute("SET ROLE " + role +
                        "; CREATE TEMP TABLE mine (id bigint); "
                        "CREATE TRIGGER t AFTER INSERT ON mine REFERENCING NEW TABLE AS new_rows "
                        "FOR EACH STATEMENT EXECUTE FUNCTION crier_products()"),
      doctest::Contains("permission denied for function"));
  shop.shop.execute("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("postgres: triggers that a rebuilt table has lost, or that are disabled, are a problem") {
  if (postgres_folder().empty()) {
    return;
  }
  const TriggeredTable shop("CREATE TABLE products (id int PRIMARY KEY)");
  shop.make("products");
  const auto is_told = [&] {
    const std::string out = run_tool({"status"}, "", shop.crier.url()).out;
    return out.find("problem changes-not-told: triggers of the function " + shop.shop.schema() +
                    ".crier_products() ") != std::string::npos;
  };
  CHECK_FALSE(is_told());
  shop.shop.execute("ALTER TABLE products DISABLE TRIGGER crier_products_update");
  CHECK(is_told());
  shop.shop.execute("ALTER TABLE products ENABLE TRIGGER crier_products_update");
  CHECK_FALSE(is_told());
  shop.shop.execute(
      "CREATE TABLE anew (id int PRIMARY KEY); DROP TABLE products; ALTER TABLE anew RENAME TO "
      "products");
  CHECK(is_told());
  shop.make("products");
  CHECK_FALSE(is_told());
  // A comment of somebody's who may not publish says nothing.
  const std::string role = "writer" + shop.shop.schema();
  shop.shop.execute("CREATE ROLE " + role + "; GRANT USAGE, CREATE ON SCHEMA " +
                    shop.shop.schema() + " TO " + role + "; SET ROLE " + role +
                    "; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'; "
                    "COMMENT ON FUNCTION f() IS 'crier sql-trigger --table x'");
  CHECK(run_tool({"status"}, "", shop.crier.url()).out.find("changes-not-told") ==
        std::string::npos);
  shop.shop.execute("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("postgres: triggers are made anew by the same command, and dropped") {
  if (postgres_folder().empty()) {
    return;
  }
  const TriggeredTable shop("CREATE TABLE products (id int PRIMARY KEY, nr int NOT NULL UNIQUE)");
  shop.make("products");
  shop.make("products", {"--id-column", "nr"});
  shop.make("products", {"--name", "second"});
  CHECK(shop.heard("INSERT INTO products VALUES (1, 10)") ==
        "refresh_by_id 10 (1)\nrefresh_by_id 1 (1)\n");
  for (const Args& name : {Args{}, Args{"--name", "second"}}) {
    Args args{"sql-trigger", "--drop", "--table", shop.shop.schema() + ".products"};
    args.insert(args.end(), name.begin(), name.end());
    shop.shop.execute(run_tool(args, "", shop.crier.url()).out);
  }
  CHECK(shop.heard("DELETE FROM products").empty());
}

TEST_CASE("postgres: what takes no triggers, or names no one table, is refused with a reason") {
  if (postgres_folder().empty()) {
    return;
  }
  const TriggeredTable shop(
      "CREATE TABLE text_key (id text PRIMARY KEY); CREATE TABLE no_key (id bigint); "
      "CREATE VIEW seen AS SELECT 1 AS id; CREATE TABLE a (id bigint PRIMARY KEY); "
      "CREATE UNIQUE INDEX partly ON no_key (id) WHERE id > 0");
  const auto refusal = [&](const std::string& table, const Args& more = {}) {
    const Outcome outcome = shop.tool(table, more);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    return outcome.err;
  };
  const auto says = [](const std::string& text, const std::string& part) {
    CHECK_MESSAGE(text.find(part) != std::string::npos, text);
  };
  says(refusal("none"), "is not in the database");
  says(refusal("seen"), "is a view");
  says(refusal("text_key"), "is not declared as INTEGER");
  says(refusal("no_key"), "has no primary key");
  says(refusal("no_key", {"--id-column", "id"}), "may be NULL");
  says(refusal("a", {"--name", std::string(60, 'x')}), "63 bytes at the most");
  const PostgresSpace other;
  const std::string table = "t" + shop.shop.schema();
  shop.shop.execute("CREATE TABLE " + table + " (id bigint PRIMARY KEY)");
  other.execute("CREATE TABLE " + table + " (id bigint PRIMARY KEY)");
  const Outcome several =
      run_tool({"sql-trigger", "--refresher", kProducts, "--table", table}, "", shop.crier.url());
  CHECK(several.code == 2);
  says(several.err, "more than one schema has a table");
  const Outcome own = run_tool({"sql-trigger", "--refresher", kProducts, "--table", "crierNode"},
                               "", shop.crier.url());
  says(own.err, "is crier's or the database's own");
}

TEST_CASE("postgres: --tag names a tag of a hybrid cache, with what the row has") {
  const TriggeredTable shop("CREATE TABLE products (id int PRIMARY KEY, \"Name\" text, raw bytea)");
  shop.make("products", {"--tag", "it's {id}/{name}/{raw}"});
  const auto tag = [](const char* text) {
    return "refresh_by_json [{\"tag\":\"it's " + std::string(text) + "\"}]";
  };
  CHECK(shop.heard("INSERT INTO products VALUES (42, 'a\"b', '\\x00ff'), (7, NULL, NULL)") ==
        tag("42/a\\\"b/00ff") + "; " + tag("7//") + " (2)\n");
  CHECK(shop.heard("UPDATE products SET \"Name\" = 'c' WHERE id = 7") ==
        tag("7//") + "; " + tag("7/c/") + " (2)\n");
  CHECK(shop.heard("DELETE FROM products WHERE id = 7") == tag("7/c/") + " (1)\n");
}

}  // namespace
}  // namespace crier::test
