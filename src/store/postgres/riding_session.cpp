// SPDX-License-Identifier: MIT
#include "store/postgres/riding_session.hpp"

#include <crier/error.hpp>

#include "base/quoting.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/statement.hpp"
#include "store/postgres/statements.hpp"
#include "store/postgres/translate.hpp"

#include <string>
#include <utility>

namespace crier::postgres {
namespace {

constexpr const char* kOperation = "append";

[[noreturn]] void refuse(const std::string& why, Error::Kind kind = Error::Kind::invalid_argument) {
  throw Error(kOperation, why, kind);
}

// What is written is UTF-8, and the server would take it for something else.
void require_utf8(PGconn* connection, const std::string& there) {
  const char* const encoding = PQparameterStatus(connection, "client_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
    refuse("this connection to " + there + " has the client_encoding " +
           (encoding == nullptr ? "of an unknown name" : encoding) +
           "; set it to UTF8 before the write");
  }
}

// Throws if nothing can be written on `connection`.
void require_fit(PGconn* connection, const StoreConfig& config) {
  const std::string there = "'" + config.database + "'";
  if (connection == nullptr) {
    refuse("there is no connection to write on: it is null");
  }
  if (PQpipelineStatus(connection) != PQ_PIPELINE_OFF) {
    refuse("this connection to " + there + " is in pipeline mode; leave that before the write");
  }
  switch (PQtransactionStatus(connection)) {
    case PQTRANS_INTRANS:
      require_utf8(connection, there);
      return;
    case PQTRANS_IDLE:
      refuse("no transaction is open on this connection to " + there +
             "; write between BEGIN and COMMIT");
    case PQTRANS_ACTIVE:
      refuse("a command of the application's is still running on this connection to " + there +
             "; read its results before the write");
    case PQTRANS_INERROR:
      refuse("the transaction on this connection to " + there +
             " has failed already; roll it back, and try it again");
    case PQTRANS_UNKNOWN:
      break;
  }
  refuse("this connection to " + there + " is broken (" + message_of(connection) +
             "); connect again, and try the transaction again",
         Error::Kind::retryable);
}

Result checked(PGconn* connection, PGresult* answer) {
  Result result(answer);
  if (result.is_error()) {
    const std::string code = result.error(PG_DIAG_SQLSTATE);
    throw code.empty()
        ? Failure(Failure::Cause::lost, message_of(connection))
        : Failure(Failure::Cause::server, result.error(PG_DIAG_MESSAGE_PRIMARY), code);
  }
  return result;
}

// Not prepared: the name would stand among the application's own.
class Unprepared final : public Statement {
 public:
  Unprepared(PGconn* connection, std::string text)
      : Statement(std::move(text)), connection_(connection) {}

 private:
  Result execute(const BoundValues& values) override {
    return checked(connection_,
                   PQexecParams(connection_, text().c_str(), values.size(), nullptr, values.texts(),
                                values.lengths(), values.formats(), 0));
  }

  PGconn* const connection_;
};

// For a connection whose search_path is not crier's; `schema` may be empty. REQUIRES: the text
// names one table, crierLog or crierPending.
std::string in_schema(std::string text, const std::string& schema) {
  if (!schema.empty()) {
    const std::string table =
        text.find("crierLog") == std::string::npos ? "crierPending" : "crierLog";
    text = sql::with_word(text, table, sql_name(schema) + "." + table);
  }
  return text;
}

// The application's own settings are in force, and not the store's deadline.
Error explain(const Failure& failure, const StoreConfig& config) {
  const std::string there = "the database '" + config.database + "'";
  const std::string what = failure.what();
  if (failure.code == "57014" || failure.code == "55P03") {
    return {kOperation,
            "the application's own timeout, or a cancel, has ended the write to " + there + " (" +
                what + ")",
            Error::Kind::retryable};
  }
  if (failure.code == "25006") {
    return {
        kOperation,
        "this transaction on " + there + " may only read (" + what + "); begin one that may write",
        Error::Kind::invalid_argument};
  }
  return translate(kOperation, failure, config, Access::read_write);
}

}  // namespace

RidingSession::RidingSession(PGconn* connection, const StoreConfig& config, IsOurs is_ours)
    : connection_(connection), config_(config), is_ours_(std::move(is_ours)) {}

void RidingSession::begin_call(const char* /*operation*/) { require_fit(connection_, config_); }

void RidingSession::fail(const char* /*operation*/, const std::exception& error) {
  if (const auto* const failure = dynamic_cast<const Failure*>(&error)) {
    throw explain(*failure, config_);
  }
}

std::unique_ptr<sql::PreparedStatement> RidingSession::prepare(std::string_view name) {
  return std::make_unique<Unprepared>(connection_,
                                      in_schema(statements().text(name), config_.schema));
}

void RidingSession::execute(const std::string& script) {
  checked(connection_, PQexec(connection_, script.c_str()));
}

void RidingSession::roll_back() noexcept { PQclear(PQexec(connection_, kUndo)); }

RidingIds RidingSession::append_riding(std::span<const NewEntry> entries) {
  EntryId newest;
  {
    sql::Rows log = log_.run();
    if (!log.step() || !is_ours_(log.text(1))) {
      refuse("this connection's log is another one than that of '" + config_.database +
             "': connect to the same database, and let search_path name the same schema first");
    }
    newest = {log.integer(0)};
  }
  for (const NewEntry& entry : entries) {
    append_.change({entry.json_instruction, entry.originated, entry.instruction_count});
  }
  return {{}, newest};
}

}  // namespace crier::postgres
