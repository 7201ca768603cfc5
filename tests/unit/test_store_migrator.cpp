// SPDX-License-Identifier: MIT
#include "store/sql/migrator.hpp"
#include "support/errors.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

// A target in memory; `first` happens as soon as others are kept out.
class Target final : public MigrationTarget {
 public:
  std::vector<AppliedMigration> applied() override { return rows; }
  void in_transaction(const std::function<void()>& step) override {
    const std::vector<AppliedMigration> before = rows;
    ++transactions;
    if (first) {
      std::exchange(first, nullptr)();
    }
    try {
      step();
    } catch (...) {
      rows = before;
      throw;
    }
  }
  void apply(const Migration& migration) override {
    rows.push_back({migration.version, migration.name, migration.checksum});
    if (migration.sql == "bad") {
      throw Error("migrate", "bad");
    }
  }

  std::vector<AppliedMigration> rows;
  int transactions = 0;
  std::function<void()> first;
};

std::vector<std::string> names_of(const std::vector<Migration>& migrations) {
  std::vector<std::string> names;
  for (const Migration& migration : migrations) {
    names.push_back(migration.name);
  }
  return names;
}

using Names = std::vector<std::string>;

Migrator migrator(std::initializer_list<MigrationFile> files) {
  return {"x.db", "crier migrate", numbered(files)};
}

TEST_CASE("migrations are numbered by their files' names, with a checksum of what they hold") {
  const std::vector<Migration> all = numbered({{"0001_a", "A"}, {"0002_b", "B"}});
  REQUIRE(all.size() == 2);
  CHECK(all[1].version == 2);
  CHECK(all[1].name == "0002_b");
  CHECK(all[1].sql == "B");
  CHECK(all[0].checksum == "af63fc4c860222ec");  // FNV-1a, 64 bits
  CHECK(all[1].checksum != all[0].checksum);
}

TEST_CASE("migrations run from 1 without a hole") {
  CHECK(message_of([] {
          static_cast<void>(numbered({{"0001_a", ""}, {"0003_b", ""}}));
        }) == "migration 0003_b should have number 2");
  CHECK_THROWS_AS(static_cast<void>(numbered({{"0002_a", ""}})), Error);
  CHECK_THROWS_AS(static_cast<void>(numbered({{"0001_a", ""}, {"0001_b", ""}})), Error);
  CHECK_THROWS_AS(static_cast<void>(numbered({{"1", ""}})), Error);
  CHECK_THROWS_AS(static_cast<void>(numbered({{std::string_view("1_").substr(0, 1), ""}})), Error);
  CHECK_THROWS_AS(static_cast<void>(numbered({{"1st", ""}})), Error);
  CHECK_THROWS_AS(static_cast<void>(numbered({{"first", ""}})), Error);
}

TEST_CASE("what is pending is applied in order, each in a transaction of its own") {
  const Migrator two = migrator({{"0001_a", "A"}, {"0002_b", "B"}});
  Target target;
  CHECK(names_of(two.pending(target.rows)) == Names{"0001_a", "0002_b"});
  CHECK(names_of(two.migrate(target)) == Names{"0001_a", "0002_b"});
  CHECK(target.transactions == 2);
  CHECK(two.status(target.rows).state == SchemaState::current);
  CHECK(two.migrate(target).empty());
  CHECK(target.transactions == 2);
}

TEST_CASE("a migrator that was kept out looks again, and applies what is left") {
  const Migrator two = migrator({{"0001_a", "A"}, {"0002_b", "B"}});
  Target target;
  target.first = [&] { migrator({{"0001_a", "A"}}).migrate(target); };
  CHECK(names_of(two.migrate(target)) == Names{"0002_b"});

  Target done;
  done.first = [&] { two.migrate(done); };
  CHECK(two.migrate(done).empty());
  CHECK(done.rows.size() == 2);
}

TEST_CASE("a migration that fails leaves what was applied before it") {
  const Migrator bad = migrator({{"0001_a", "A"}, {"0002_b", "bad"}});
  Target target;
  CHECK_THROWS_AS(bad.migrate(target), Error);
  CHECK(bad.status(target.rows).version == 1);
  CHECK(bad.status(target.rows).state == SchemaState::older);
}

TEST_CASE("a migration that was changed, left out or put in between is noticed") {
  const std::vector<Migration> known = numbered({{"0001_a", "A"}, {"0002_b", "B"}});
  const Migrator two("x.db", "crier migrate", known);
  const AppliedMigration a{1, known[0].name, known[0].checksum};
  const AppliedMigration b{2, known[1].name, known[1].checksum};
  const auto state = [&](std::vector<AppliedMigration> applied) {
    return two.status(applied).state;
  };
  CHECK(state({}) == SchemaState::missing);
  CHECK(state({a}) == SchemaState::older);
  CHECK(state({a, b}) == SchemaState::current);
  CHECK(state({a, {2, "0002_b", "other"}}) == SchemaState::altered);
  CHECK(state({b}) == SchemaState::altered);
  CHECK(state({{0, "0000", ""}, a, b}) == SchemaState::altered);
  CHECK(state({{0, a.name, a.checksum}, b}) == SchemaState::altered);
  CHECK(state({a, {3, "0003_c", "c"}}) == SchemaState::newer);
  CHECK_THROWS_AS(static_cast<void>(two.pending({b})), Error);
  CHECK_THROWS_AS(static_cast<void>(two.pending({a, {3, "0003_c", "c"}})), Error);
}

}  // namespace
}  // namespace crier::test
