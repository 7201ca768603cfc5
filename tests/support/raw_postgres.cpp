// SPDX-License-Identifier: MIT
#include "support/raw_postgres.hpp"

#include <crier/guid.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <libpq-fe.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace crier::test {
namespace {

using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

Result run(PGconn* connection, const std::string& sql) {
  Result result(PQexec(connection, sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(sql + ": " + PQerrorMessage(connection));
  }
  return result;
}

std::string new_name() {
  std::string name = "t" + Guid::random().to_string();
  name.erase(std::remove(name.begin(), name.end(), '-'), name.end());
  return name;
}

}  // namespace

RawPostgres::RawPostgres(const std::string& conninfo)
    : connection_(PQconnectdb(conninfo.c_str()), PQfinish) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    throw std::runtime_error(PQerrorMessage(connection_.get()));
  }
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
}

void RawPostgres::exec(const std::string& sql) { run(connection_.get(), sql); }

std::string RawPostgres::value(const std::string& sql) {
  const std::vector<std::string> all = values(sql);
  return all.empty() ? std::string() : all.front();
}

std::vector<std::string> RawPostgres::values(const std::string& sql) {
  const Result result = run(connection_.get(), sql);
  std::vector<std::string> values;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    values.emplace_back(PQgetvalue(result.get(), row, 0));
  }
  return values;
}

const std::string& postgres_folder() {
  static const std::string folder = [] {
    const char* const given = std::getenv("CRIER_TEST_POSTGRES");
    if (given == nullptr || access((std::string(given) + "/.s.PGSQL.5432").c_str(), F_OK) != 0) {
      std::cerr
          << "PostgreSQL was not tested: run the tests by ctest or script/with-postgres, on a "
             "machine that has a server\n";
      return std::string();
    }
    return std::string(given);
  }();
  return folder;
}

PostgresSpace::PostgresSpace() : PostgresSpace(new_name()) {}

PostgresSpace::PostgresSpace(std::string schema) : schema_(std::move(schema)) {
  execute("CREATE SCHEMA \"" + schema_ + "\"");
}

PostgresSpace::~PostgresSpace() {
  try {
    execute("DROP SCHEMA \"" + schema_ + "\" CASCADE");
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it goes with the server
  }
}

std::string PostgresSpace::url(const std::string& more) const {
  const bool has_deadline = more.find("&deadline=") != std::string::npos;
  return "postgresql://crier@/crier?host=" + postgres_folder() + "&schema=" + schema_ +
         (has_deadline ? "" : "&deadline=30s") + more;
}

std::string PostgresSpace::conninfo() const {
  return "host=" + postgres_folder() + " user=crier dbname=crier options='-c search_path=\"" +
         schema_ + "\"'";
}

}  // namespace crier::test
