// SPDX-License-Identifier: MIT
#include "cli/database.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <utility>

namespace crier::test {

namespace {

// Word by word what stands in databases of Umbraco 10 to 18.
constexpr const char* kUmbracoTable = R"sql(CREATE TABLE umbracoCacheInstruction
(
 "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT
, "utcStamp" TEXT NOT NULL
, "jsonInstruction" TEXT COLLATE NOCASE NOT NULL
, "originated" TEXT COLLATE NOCASE NOT NULL
, "instructionCount" INTEGER NOT NULL CONSTRAINT "DF_umbracoCacheInstruction_instructionCount" DEFAULT ('1')
, CONSTRAINT PK_umbracoCacheInstruction UNIQUE ("id")
))sql";

SQLite::Database open(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5000);
  database.exec("PRAGMA synchronous = OFF");  // nothing here has to outlive a power cut
  return database;
}

}  // namespace

void run_sql(const std::string& path, const std::string& sql) { open(path).exec(sql); }

std::string query(const std::string& path, const std::string& sql) {
  SQLite::Database database = open(path);
  SQLite::Statement statement(database, sql);
  return statement.executeStep() ? statement.getColumn(0).getString() : "";
}

std::string all_of(const std::string& refresher) {
  return R"([{"RefreshType":0,"RefresherId":")" + refresher + R"("}])";
}

std::string ids_of(const std::string& refresher, const std::string& ids) {
  return R"([{"RefreshType":3,"RefresherId":")" + refresher + R"(","JsonIds":")" + ids + R"("}])";
}

Database::Database() { open_store(url_)->connect(Access::create)->schema().migrate(); }

Database::Database(std::string umbraco_table) : table_(std::move(umbraco_table)) {
  run_sql(path_, "PRAGMA journal_mode=WAL");
  run_sql(path_, kUmbracoTable);
  url_ += "?table=" + table_;
}

void Database::put(std::int64_t id, const std::string& json, const std::string& originated,
                   std::int64_t count) const {
  SQLite::Database database = open(path_);
  SQLite::Statement insert(database, "INSERT INTO " + table_ +
                                         " (id, utcStamp, jsonInstruction, originated, "
                                         "instructionCount) VALUES (?, ?, ?, ?, ?)");
  insert.bind(1, id);
  insert.bind(2,
              "2026-11-21 10:00:" + std::string(id % 60 < 10 ? "0" : "") + std::to_string(id % 60));
  insert.bind(3, json);
  insert.bind(4, originated);
  insert.bind(5, count);
  insert.exec();
}

void Database::drop(std::int64_t id) const {
  run_sql(path_, "DELETE FROM " + table_ + " WHERE id = " + std::to_string(id));
}

std::string Database::rows() const { return query(path_, "SELECT count(*) FROM " + table_); }

std::string Database::schema() const {
  return query(path_, "SELECT group_concat(sql, ';') FROM sqlite_schema");
}

}  // namespace crier::test
