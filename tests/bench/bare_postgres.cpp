// SPDX-License-Identifier: MIT
#include "bench/bare_postgres.hpp"

#include <poll.h>
#include <stdexcept>

namespace crier::bench {

namespace {

// The stamp is the expression that crier writes too.
const std::string kStamp =
    "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')";

std::string counted(const std::string& more) {
  return "WITH counter AS (UPDATE crierLog SET newest = newest + 1 RETURNING newest), added AS ("
         "INSERT INTO crierCacheInstruction SELECT newest, " +
         kStamp + ", $1::text, $2::text, $3::bigint FROM counter) SELECT newest" + more +
         " FROM counter";
}

}  // namespace

BarePostgres::BarePostgres(const std::string& conninfo)
    : connection_(PQconnectdb(conninfo.c_str()), PQfinish) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    throw std::runtime_error(PQerrorMessage(connection_.get()));
  }
  prepare("insert", "INSERT INTO crierCacheInstruction VALUES ($4::bigint, " + kStamp +
                        ", $1::text, $2::text, $3::bigint)");
  prepare("counted", counted(""));
  prepare("notify", counted(", pg_notify('bare', '')"));
  prepare("after",
          "SELECT id, utcStamp, originated, instructionCount, jsonInstruction "
          "FROM crierCacheInstruction WHERE id > $1::bigint ORDER BY id");
}

void BarePostgres::insert(const NewEntry& entry, std::int64_t id) {
  run("insert", {entry.json_instruction, entry.originated, std::to_string(entry.instruction_count),
                 std::to_string(id)});
}

void BarePostgres::insert_counted(const NewEntry& entry) {
  run("counted",
      {entry.json_instruction, entry.originated, std::to_string(entry.instruction_count)});
}

void BarePostgres::insert_and_notify(const NewEntry& entry) {
  run("notify",
      {entry.json_instruction, entry.originated, std::to_string(entry.instruction_count)});
}

void BarePostgres::listen() { value("LISTEN bare"); }

void BarePostgres::await_notification() {
  for (;;) {
    bool rung = false;
    while (PGnotify* const notice = PQnotifies(connection_.get())) {
      PQfreemem(notice);
      rung = true;
    }
    if (rung) {
      return;
    }
    pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
    ::poll(&socket, 1, -1);
    if (PQconsumeInput(connection_.get()) == 0) {
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
  }
}

std::int64_t BarePostgres::read_after(std::int64_t id,
                                      const std::function<void(std::int64_t)>& take) {
  const Result rows = run("after", {std::to_string(id)});
  for (int row = 0; row < PQntuples(rows.get()); ++row) {
    id = std::stoll(PQgetvalue(rows.get(), row, 0));
    take(std::stoll(PQgetvalue(rows.get(), row, 3)));
  }
  return id;
}

std::string BarePostgres::value(const std::string& sql) {
  const Result result = check(PQexec(connection_.get(), sql.c_str()));
  return PQntuples(result.get()) == 0 ? "" : PQgetvalue(result.get(), 0, 0);
}

void BarePostgres::prepare(const char* name, const std::string& sql) {
  check(PQprepare(connection_.get(), name, sql.c_str(), 0, nullptr));
}

BarePostgres::Result BarePostgres::run(const char* name, const std::vector<std::string>& values) {
  std::vector<const char*> texts;
  texts.reserve(values.size());
  for (const std::string& value : values) {
    texts.push_back(value.c_str());
  }
  return check(PQexecPrepared(connection_.get(), name, static_cast<int>(texts.size()), texts.data(),
                              nullptr, nullptr, 0));
}

BarePostgres::Result BarePostgres::check(PGresult* result) const {
  const ExecStatusType status = PQresultStatus(result);
  Result checked(result, PQclear);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    throw std::runtime_error(PQerrorMessage(connection_.get()));
  }
  return checked;
}

}  // namespace crier::bench
