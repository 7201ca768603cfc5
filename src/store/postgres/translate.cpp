// SPDX-License-Identifier: MIT
#include "store/postgres/translate.hpp"

#include "base/duration.hpp"
#include "base/quoting.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace crier::postgres {
namespace {

// If the answer to a write is lost, nobody knows what it was.
std::string unsure(const std::string& operation) {
  const bool reads = operation == "read" || operation == "listen" || operation == "check";
  return reads ? "" : ", and what was being written may be there or not";
}

// A server that is about to be there, or to go, or has no room, says so by its SQLSTATE; what
// others refuse (that they have no such role or database) they will refuse again.
bool passes(const std::string& codes) {
  constexpr std::array<std::string_view, 3> kPassing = {"08", "53", "57P"};
  return codes.empty() || std::any_of(kPassing.begin(), kPassing.end(), [&](std::string_view code) {
           return codes.starts_with(code) ||
                  codes.find(" " + std::string(code)) != std::string::npos;
         });
}

// libpq's message says which server, and why.
Error no_connection(const std::string& operation, const Failure& failure, const std::string& there,
                    bool asks_for_password) {
  const std::string why = failure.what();
  const auto says = [&](std::string_view words) { return why.find(words) != std::string::npos; };
  const std::string message = "can't connect to " + there + ": " + why;
  if (says("unsupported startup parameter")) {
    return {operation,
            message + "; a pooler stands before the server: connect to the server itself"};
  }
  if (says("session is read-only") || says("server is in hot standby mode")) {
    return {operation, message +
                           "; writing needs a server that is no standby, and without "
                           "default_transaction_read_only"};
  }
  if (says("password") && asks_for_password) {
    return {operation, message + "; the application's function gave the password: try again",
            Error::Kind::retryable};
  }
  if (says("password")) {
    return {operation, message + "; give the password in a file for PGPASSFILE"};
  }
  const bool again = passes(failure.code);
  return {operation, message + (again ? "; try again" : ""),
          again ? Error::Kind::retryable : Error::Kind::failed};
}

// What a server has said, by its SQLSTATE; see the appendix of PostgreSQL's manual.
Error of_server(const std::string& operation, const Failure& failure, const StoreConfig& config,
                Access access) {
  const std::string& code = failure.code;
  const std::string what = failure.what();
  const std::string there = "the database '" + config.database + "'";
  const auto failed = [&](const std::string& message) { return Error(operation, message); };
  const auto retryable = [&](const std::string& message) {
    return Error(operation, message, Error::Kind::retryable);
  };

  if (code == "57014" || code == "55P03") {
    return retryable(there + " did not finish in " + duration_text(config.deadline) +
                     ", or was locked by another session for so long; try again" +
                     (config.is_hurried() ? "" : ", or give it a longer deadline"));
  }
  if (code.starts_with("57P") || code == kIdleInTransaction) {
    // A server that crashes may do so between a commit and its answer.
    return retryable(there + " has ended the session (" + what + ")" +
                     (code == "57P02" ? unsure(operation) : "") + "; try again");
  }
  if (code.starts_with("40")) {
    return retryable(there + " has undone what met another transaction (" + what + "); try again");
  }
  if (code.starts_with("08") || code == "53300" || code == "0A000" || code == "26000") {
    return retryable(there + " could not do it now (" + what + "); try again");
  }
  if (code == "53100") {
    return failed("the disk that holds " + there + " is full; free some space");
  }
  if (code == "25006") {
    return failed(access == Access::read_only
                      ? there + " was opened for reading only"
                      : there + " may only be read (" + what +
                            "); connect to a server that is no standby, and without "
                            "default_transaction_read_only");
  }
  constexpr std::string_view kPolicy = "row-level security policy for table ";
  if (const std::size_t at = what.find(kPolicy); code == "42501" && at != std::string::npos) {
    // The server has quoted the name. No policy helps: row_security = off goes by what may hide
    // rows.
    const std::string table = (config.schema.empty() ? "" : sql_name(config.schema) + ".") +
                              what.substr(at + kPolicy.size());
    return failed(what + " in " + there +
                  ", so that rows may be hidden or refused, and entries missed; a superuser lets a "
                  "role pass with ALTER ROLE name BYPASSRLS, and the table's owner takes it off "
                  "with: ALTER TABLE " +
                  table + " DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY");
  }
  if (code == "42501") {
    return failed(
        "the role has no right to " + operation + " in " + there + ": " + what + "; " +
        (operation == "migrate"
             ? "it takes GRANT CREATE ON SCHEMA, or ON DATABASE to make the schema, and to "
               "upgrade tables their owner"
             : "crier grants --role ROLE=KIND prints what gives it that"));
  }
  if (code.starts_with("22") && (code == "22021" || code == "22P05")) {
    return {operation, there + " keeps text in UTF-8 without NUL, and this is none: " + what,
            Error::Kind::invalid_argument};
  }
  if (code == "22003" && operation == "append") {
    return failed(
        "the log in " + there +
        " has no ids left, since a row was given an immense one; let the nodes go on with "
        "a new log: another schema or database");
  }
  if (code == "54000" || code == "22001") {
    return {operation, "an entry is larger than " + there + " can hold (" + what + ")",
            Error::Kind::invalid_argument};
  }
  if (operation == "migrate" && (code == "42P07" || code == "42723")) {
    return failed(there + " holds what no migration of crier's has recorded (" + what +
                  "); restore it from a backup, or rename that table");
  }
  if (code == "3F000" || is_missing_table(failure)) {
    return failed(there + " has no tables of crier's there (" + what +
                  "); create them with: " + config.migrate_command);
  }
  constexpr const char *kNoFunction = "42883", *kNoType = "42704";  // which a table is as well
  if (code == "42703" || ((code == kNoFunction || code == kNoType) && operation != "migrate")) {
    return failed(there + " has the tables of an earlier crier there, or none (" + what +
                  "); create them with: " + config.migrate_command);
  }
  if (code == "23505" && operation != "migrate" &&
      what.find("criercacheinstruction") == std::string::npos) {
    return failed("a sequence of " + there + " is behind its table (" + what +
                  "), as after logical replication; mend it with: " + config.migrate_command +
                  " --repair");
  }
  if (code == "P0002" || (code == "23505" && operation != "migrate")) {
    return failed(there + " does not count its entries any more (" + what +
                  "); was only a part of it restored? mend it with: " + config.migrate_command +
                  " --repair");
  }
  return failed(operation + " failed on " + there + ": " + what + " (SQLSTATE " + code + ")");
}

}  // namespace

Error translate(const std::string& operation, const Failure& failure, const StoreConfig& config,
                Access access) {
  const std::string there = "the database '" + config.database + "'";
  const std::string what = failure.what();
  if (what.find("statement pooling mode") != std::string::npos) {
    return {operation,
            "a pooler stands before " + there +
                " that gives each statement another session (PgBouncer's pool_mode = statement): "
                "no transaction can run there, and crier takes some; connect to the server itself, "
                "or through a pooler with pool_mode = session, or with pool_mode = transaction and "
                "pool=transaction in the URL"};
  }
  switch (failure.cause) {
    case Failure::Cause::connecting:
      return no_connection(operation, failure, there, config.password != nullptr);
    case Failure::Cause::lost:
      return {operation,
              "the connection to " + there + " broke (" + what + ")" + unsure(operation) +
                  "; try again",
              Error::Kind::retryable};
    case Failure::Cause::late:
      return {operation,
              there + " gave no answer in " + duration_text(config.deadline) + unsure(operation) +
                  "; try again",
              Error::Kind::retryable};
    case Failure::Cause::pooled:
      return {operation,
              "a pooler stands before " + there +
                  ", and does not keep sessions apart: connect to the server itself, or through a "
                  "pooler that keeps them (PgBouncer's pool_mode = session), or give the URL "
                  "pool=transaction, and listen=HOST:PORT for where the server itself is"};
    case Failure::Cause::password:
      return {operation,
              "can't connect to " + there +
                  ": the application's function for the password failed: " + what + "; try again",
              Error::Kind::retryable};
    case Failure::Cause::too_old:
      return {operation, there + " is PostgreSQL " + what + "; crier needs 13 or newer"};
    case Failure::Cause::replaced:
      return {operation, there + " is no longer the one that was read: " + what,
              Error::Kind::replaced};
    case Failure::Cause::server:
      break;
  }
  return of_server(operation, failure, config, access);
}

bool is_missing_table(const Failure& failure) { return failure.code == "42P01"; }

}  // namespace crier::postgres
