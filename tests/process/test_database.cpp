// SPDX-License-Identifier: MIT
#include "process/test_database.hpp"

#ifdef CRIER_HAS_POSTGRES
#include "support/raw_postgres.hpp"
#endif

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

namespace crier::test {
namespace {

constexpr int kBusyMs = 20'000;

class SqliteDatabase final : public TestDatabase {
 public:
  explicit SqliteDatabase(const TempDir& dir) : file_(dir / "shop.db") {}
  [[nodiscard]] std::string url(const std::string& deadline) const override {
    return "sqlite:" + file_ + "?deadline=" + deadline;
  }
  void execute(const std::string& sql) const override {
    SQLite::Database(file_, SQLite::OPEN_READWRITE, kBusyMs).exec(sql);
  }
  [[nodiscard]] std::vector<std::string> values(const std::string& sql) const override {
    const SQLite::Database database(file_, SQLite::OPEN_READONLY, kBusyMs);
    SQLite::Statement query(database, sql);
    std::vector<std::string> values;
    while (query.executeStep()) {
      values.push_back(query.getColumn(0).getString());
    }
    return values;
  }

 private:
  const std::string file_;
};

#ifdef CRIER_HAS_POSTGRES
class PostgresDatabase final : public TestDatabase {
 public:
  [[nodiscard]] std::string url(const std::string& deadline) const override {
    return space_.url("&deadline=" + deadline);
  }
  [[nodiscard]] bool is_postgres() const override { return true; }
  void execute(const std::string& sql) const override { space_.execute(sql); }
  [[nodiscard]] std::vector<std::string> values(const std::string& sql) const override {
    return RawPostgres(space_.conninfo()).values(sql);
  }

 private:
  const PostgresSpace space_;
};
#endif

}  // namespace

std::unique_ptr<TestDatabase> make_sqlite_database(const TempDir& dir) {
  return std::make_unique<SqliteDatabase>(dir);
}

TestDatabaseMaker each_store() {
  TestDatabaseMaker make = make_sqlite_database;
  SUBCASE("sqlite") {}
#ifdef CRIER_HAS_POSTGRES
  if (!postgres_folder().empty()) {
    SUBCASE("postgres") {
      make = [](const TempDir&) { return std::make_unique<PostgresDatabase>(); };
    }
  }
#endif
  return make;
}

}  // namespace crier::test
