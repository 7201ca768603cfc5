// SPDX-License-Identifier: MIT
// Rights on what is crier's that no kind of role has: none come by themselves, and those that are
// there are told, and taken away by what is told.
#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "contract/postgres_roles.hpp"
#include "support/errors.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <exception>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using Sentences = std::vector<std::string>;

// As crier sql-trigger prints one for a log, after a restore without rights, and without triggers.
std::string function_that_tells(const PostgresSpace& log) {
  return "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN "
         "INSERT INTO \"" +
         log.schema() +
         "\".\"crierpending\" (jsonInstruction, originated) VALUES ('[]', 'x'); RETURN NULL; END "
         "$$; COMMENT ON FUNCTION tell() IS 'crier sql-trigger --table products --refresher x'";
}

// A schema in which the role `joe` may look around, and no more.
struct SpaceOfJoe : PostgresSpace {
  const std::string joe = "joe" + schema();

  SpaceOfJoe() {
    execute("CREATE ROLE " + joe + " LOGIN; GRANT USAGE ON SCHEMA " + schema() + " TO " + joe);
  }
  ~SpaceOfJoe() {
    try {
      execute("DROP OWNED BY " + joe + "; DROP ROLE " + joe);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it goes with the server
    }
  }
  SpaceOfJoe(const SpaceOfJoe&) = delete;
  SpaceOfJoe& operator=(const SpaceOfJoe&) = delete;

  void migrate() const { open_store(url())->connect(Access::create)->schema().migrate(); }
  [[nodiscard]] Sentences warnings() const {
    return open_store(url())->connect(Access::read_only)->schema().status().warnings;
  }
  void grant(const std::string& role, RoleKind kind) const {
    const RoleGrant grant{role, kind};
    execute(open_store(url())->connect(Access::read_only)->schema().grants({&grant, 1}));
  }
  [[nodiscard]] std::string value(const std::string& sql) const {
    return RawPostgres(conninfo()).value(sql);
  }
  // How many rights others than the owner have on tables, sequences and functions.
  [[nodiscard]] std::string rights() const {
    return value(
        "SELECT count(*) FROM (SELECT relowner AS owner, grantee FROM pg_class, aclexplode(relacl) "
        "WHERE relnamespace = current_schema()::regnamespace UNION ALL "
        "SELECT proowner, grantee FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', "
        "proowner))) WHERE pronamespace = current_schema()::regnamespace) AS held "
        "WHERE grantee <> owner");
  }
};

bool ends_with_grants(const std::string& sentence, const std::string& role) {
  return sentence.ends_with(
      "; what this prints, with its kind, or none, takes that away, once no "
      "node of crier 0.1 runs: crier grants --role " +
      role + "=KIND");
}

TEST_CASE("postgres: what migrate makes is its owner's alone, whatever the default privileges") {
  if (postgres_folder().empty()) {
    return;
  }
  const SpaceOfJoe space;
  const std::string here = " IN SCHEMA " + space.schema();
  const std::string defaults =
      "SELECT string_agg(defaclobjtype::text || defaclacl::text, ' ' ORDER BY defaclobjtype) FROM "
      "pg_default_acl "
      "WHERE defaclnamespace = current_schema()::regnamespace";
  std::string how;
  SUBCASE("for a role") {
    how =
        "GRANT EXECUTE ON FUNCTIONS TO @; GRANT ALL ON TABLES TO @ WITH GRANT OPTION; "
        "GRANT ALL ON SEQUENCES TO @";
  }
  SUBCASE("for everybody") {
    how = "GRANT INSERT ON TABLES TO PUBLIC; GRANT UPDATE ON SEQUENCES TO PUBLIC";
  }
  std::string script = "ALTER DEFAULT PRIVILEGES" + here + " " + how;
  for (std::size_t at = 0; (at = script.find("; ", at)) != std::string::npos; at += 2) {
    script.insert(at + 2, "ALTER DEFAULT PRIVILEGES" + here + " ");
  }
  for (std::size_t at = 0; (at = script.find('@')) != std::string::npos;) {
    script.replace(at, 1, space.joe);
  }
  space.execute(script);
  const std::string before = space.value(defaults);
  space.migrate();
  CHECK(space.rights() == "0");
  CHECK(space.warnings().empty());
  CHECK(space.value(defaults) == before);
  space.execute("DROP TABLE crierWait, crierCache");
  open_store(space.url())->connect(Access::read_write)->schema().repair(false);
  CHECK(space.rights() == "0");
  CHECK(space.value(defaults) == before);
}

TEST_CASE("postgres: default privileges for all schemas give nothing of crier's, either") {
  if (postgres_folder().empty()) {
    return;
  }
  const SpaceOfJoe space;
  const std::string maker = "maker" + space.schema();
  space.execute("CREATE ROLE " + maker + " LOGIN; GRANT USAGE, CREATE ON SCHEMA " + space.schema() +
                " TO " + maker + "; ALTER DEFAULT PRIVILEGES FOR ROLE " + maker +
                " GRANT EXECUTE ON FUNCTIONS TO " + space.joe +
                "; ALTER DEFAULT PRIVILEGES FOR ROLE " + maker + " GRANT INSERT ON TABLES TO " +
                space.joe);
  const std::string defaults =
      "SELECT string_agg(defaclacl::text, ' ' ORDER BY defaclobjtype) FROM "
      "pg_default_acl WHERE defaclrole = '" +
      maker + "'::regrole";
  const std::string before = space.value(defaults);
  open_store("postgresql://" + maker + "@/crier?host=" + postgres_folder() +
             "&deadline=30s&schema=" + space.schema())
      ->connect(Access::create)
      ->schema()
      .migrate();
  CHECK(space.rights() == "0");
  CHECK(space.value(defaults) == before);
  space.execute("DROP OWNED BY " + maker + "; DROP ROLE " + maker);
}

TEST_CASE("postgres: one role may migrate two schemas at once, for all its default privileges") {
  if (postgres_folder().empty()) {
    return;
  }
  const SpaceOfJoe one;
  const PostgresSpace two;
  const std::string maker = "maker" + one.schema();
  one.execute("CREATE ROLE " + maker + " LOGIN; GRANT USAGE, CREATE ON SCHEMA " + one.schema() +
              ", " + two.schema() + " TO " + maker + "; ALTER DEFAULT PRIVILEGES FOR ROLE " +
              maker + " GRANT INSERT ON TABLES TO " + one.joe);
  const auto migrate = [&](const std::string& schema) {
    try {
      open_store("postgresql://" + maker + "@/crier?host=" + postgres_folder() +
                 "&deadline=30s&schema=" + schema)
          ->connect(Access::create)
          ->schema()
          .migrate();
      return std::string();
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  std::string said = "nothing yet";
  std::thread other([&] { said = migrate(two.schema()); });
  CHECK(migrate(one.schema()) == "");
  other.join();
  CHECK(said == "");
  one.execute("DROP OWNED BY " + maker + "; DROP ROLE " + maker);
}

TEST_CASE("postgres: rights that no kind has are told, and grants take them away") {
  if (postgres_folder().empty()) {
    return;
  }
  const SpaceOfJoe space;
  space.migrate();
  for (const std::string right :
       {"INSERT ON crierCacheInstruction", "UPDATE (newest) ON crierLog", "TRUNCATE ON crierNode",
        "INSERT ON crierPending", "INSERT (writer) ON crierPending", "DELETE ON crierMigration",
        "TRIGGER ON crierPending", "UPDATE ON SEQUENCE crierFailure_id_seq",
        "EXECUTE ON FUNCTION crierSettleAtCommit", "EXECUTE ON FUNCTION crierSettle",
        "EXECUTE ON FUNCTION crierAppend(text, text, bigint, crierLog)"}) {
    CAPTURE(right);
    space.execute("GRANT " + right + " TO " + space.joe);
    const Sentences warnings = space.warnings();
    REQUIRE(warnings.size() == 1);
    CHECK_MESSAGE(
        warnings.front().starts_with("the role " + space.joe + " may do in the database "),
        warnings.front());
    CHECK_MESSAGE(ends_with_grants(warnings.front(), space.joe), warnings.front());
    space.grant(space.joe, RoleKind::none);
    CHECK(space.warnings().empty());
    CHECK(space.rights() == "0");
  }
  for (const RoleKind kind :
       {RoleKind::reader, RoleKind::publisher, RoleKind::application, RoleKind::node}) {
    space.grant(space.joe, kind);
    CHECK(space.warnings().empty());
  }
}

TEST_CASE("postgres: what everybody may do, as after a restore, is told, and grants take it away") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  const auto connection = open_store(roles.url())->connect(Access::read_only);
  const auto warnings = [&] { return connection->schema().status().warnings; };
  CHECK(warnings().empty());
  for (const std::string& right : {"EXECUTE ON ALL FUNCTIONS IN SCHEMA " + roles.schema(),
                                   std::string("INSERT ON crierCacheInstruction")}) {
    CAPTURE(right);
    roles.execute("GRANT USAGE ON SCHEMA " + roles.schema() + " TO PUBLIC; GRANT " + right +
                  " TO PUBLIC");
    const Sentences told = warnings();
    REQUIRE(told.size() == 1);
    CHECK(told.front().starts_with("every role may do in the database "));
    CHECK(told.front().ends_with("takes that away: crier grants --role public=none"));
    const RoleGrant grant = right.starts_with("EXECUTE")
                                ? RoleGrant{roles.name("reader"), RoleKind::reader}
                                : RoleGrant{"public", RoleKind::none};
    roles.execute(connection->schema().grants({&grant, 1}));
    CHECK(warnings().empty());
    CHECK_THROWS_WITH(roles.raw("stranger").exec("SELECT crierAppend('[]', 'x', 1)"),
                      doctest::Contains("permission denied"));
  }
}

TEST_CASE("postgres: who may create objects beside crier's tables is told") {
  if (postgres_folder().empty()) {
    return;
  }
  const SpaceOfJoe space;
  space.migrate();
  CHECK(space.warnings().empty());
  for (const std::string& who : {std::string("PUBLIC"), space.joe}) {
    CAPTURE(who);
    space.execute("GRANT CREATE ON SCHEMA " + space.schema() + " TO " + who);
    const Sentences told = space.warnings();
    REQUIRE(told.size() == 1);
    const std::string cure = "REVOKE CREATE ON SCHEMA " + space.schema() + " FROM " + who;
    CHECK_MESSAGE(told.front().ends_with("; take that away with: " + cure), told.front());
    space.execute(cure);
    CHECK(space.warnings().empty());
  }
  // Who may do all, or may act as the owner, gets nothing by it.
  space.execute("GRANT CREATE ON SCHEMA " + space.schema() + " TO " + space.joe + "; ALTER ROLE " +
                space.joe + " SUPERUSER");
  CHECK(space.warnings().empty());
  space.execute("ALTER ROLE " + space.joe + " NOSUPERUSER; GRANT crier TO " + space.joe);
  CHECK(space.warnings().empty());
}

TEST_CASE("postgres: a function of sql-trigger that others may use is told, and grants revoke it") {
  if (postgres_folder().empty()) {
    return;
  }
  const SpaceOfJoe space;
  space.migrate();
  space.execute(function_that_tells(space));
  const Sentences told = space.warnings();
  REQUIRE(told.size() == 1);
  const std::string cure = "REVOKE ALL ON FUNCTION " + space.schema() + ".tell() FROM PUBLIC";
  CHECK_MESSAGE(told.front().ends_with("; take that away with: " + cure), told.front());
  SUBCASE("by what is told") { space.execute(cure); }
  SUBCASE("by any grants") { space.grant(space.joe, RoleKind::reader); }
  CHECK(space.warnings().empty());
}

TEST_CASE("postgres: grants for one log leave the functions of another in the database alone") {
  if (postgres_folder().empty()) {
    return;
  }
  const SpaceOfJoe space;
  const SpaceOfJoe other;
  space.migrate();
  other.migrate();
  other.execute(function_that_tells(other));
  space.grant(space.joe, RoleKind::reader);
  CHECK(space.warnings().empty());
  CHECK(other.warnings().size() == 1);
}

TEST_CASE("postgres: a function of sql-trigger is of the log whose whole name it has") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace one;
  const PostgresSpace longer("x" + one.schema());
  const PostgresSpace quoted("X" + one.schema());
  const auto schema_of = [](const PostgresSpace& space) {
    return open_store(space.url())->connect(Access::create);
  };
  for (const PostgresSpace* const space : {&one, &longer, &quoted}) {
    schema_of(*space)->schema().migrate();
    space->execute(function_that_tells(*space));
  }
  const std::string of_quoted = "\"" + quoted.schema() + "\"";
  for (const PostgresSpace* const space : {&one, &longer, &quoted}) {
    const std::string name = (space == &quoted ? of_quoted : space->schema()) + ".tell()";
    CAPTURE(name);
    const auto connection = schema_of(*space);
    const SchemaStatus status = connection->schema().status();
    REQUIRE(status.warnings.size() == 1);
    CHECK_MESSAGE(status.warnings[0].ends_with("REVOKE ALL ON FUNCTION " + name + " FROM PUBLIC"),
                  status.warnings[0]);
    CHECK(status.problems.size() == 1);
    const RoleGrant nobody{"public", RoleKind::none};
    space->execute(connection->schema().grants({&nobody, 1}));
    CHECK(connection->schema().status().warnings.empty());
  }
  // What is told of a schema is SQL, too.
  quoted.execute("GRANT CREATE ON SCHEMA " + of_quoted + " TO PUBLIC");
  const std::string told = schema_of(quoted)->schema().status().warnings.at(0);
  CHECK_MESSAGE(told.ends_with("REVOKE CREATE ON SCHEMA " + of_quoted + " FROM PUBLIC"), told);
}

TEST_CASE("postgres: a log that is not in the first schema of the search_path has its functions") {
  if (postgres_folder().empty()) {
    return;
  }
  const SpaceOfJoe space;
  const PostgresSpace first;
  space.migrate();
  space.execute("SET search_path = " + first.schema() + "; " + function_that_tells(space));
  const auto connection =
      open_store("host=" + postgres_folder() + " user=crier dbname=crier options='-c search_path=" +
                 first.schema() + "," + space.schema() + "'")
          ->connect(Access::read_write);
  const auto status = [&] { return connection->schema().status(); };
  CHECK(status().problems.size() == 1);
  CHECK(status().warnings.size() == 1);
  const RoleGrant grant{space.joe, RoleKind::reader};
  space.execute(connection->schema().grants({&grant, 1}));
  CHECK(status().warnings.empty());
  CHECK(connection->schema().describe("crierlog").kind == TableInfo::Kind::reserved);
  space.execute("GRANT CREATE ON SCHEMA " + space.schema() + " TO PUBLIC");
  REQUIRE(status().warnings.size() == 1);
  CHECK(status().warnings[0].ends_with(" ON SCHEMA " + space.schema() + " FROM PUBLIC"));
}

TEST_CASE("postgres: grants for tables that are not there as they are to be are refused") {
  if (postgres_folder().empty()) {
    return;
  }
  const SpaceOfJoe space;
  const std::string nothing = message_of([&] { space.grant(space.joe, RoleKind::node); });
  CHECK_MESSAGE(nothing.find("has no tables of crier's; create them with: ") != std::string::npos,
                nothing);
  space.migrate();
  space.execute("DROP TABLE crierNode");
  const std::string damaged = message_of([&] { space.grant(space.joe, RoleKind::node); });
  CHECK_MESSAGE(damaged.find("migrate --repair") != std::string::npos, damaged);
}

}  // namespace
}  // namespace crier::test
