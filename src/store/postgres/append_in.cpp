// SPDX-License-Identifier: MIT
#include "store/postgres/append_in.hpp"

#include <crier/error.hpp>

#include "store/postgres/failure.hpp"
#include "store/postgres/link.hpp"
#include "store/postgres/result.hpp"
#include "store/postgres/sql.hpp"
#include "store/postgres/translate.hpp"

#include <array>
#include <string>

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

// Throws where nothing can be written on `connection`.
void require_fit(PGconn* connection, const Place& place) {
  const std::string there = "'" + place.name + "'";
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

template <std::size_t kCount = 0>
Result run(PGconn* connection, const std::string& sql,
           const std::array<const char*, kCount>& values = {}) {
  // Without values in the simple protocol, which takes several statements at once.
  Result result(kCount == 0 ? PQexec(connection, sql.c_str())
                            : PQexecParams(connection, sql.c_str(), kCount, nullptr, values.data(),
                                           nullptr, nullptr, 0));
  if (result.is_error()) {
    const std::string code = result.error(PG_DIAG_SQLSTATE);
    throw code.empty()
        ? Failure(Failure::Cause::lost, message_of(connection))
        : Failure(Failure::Cause::server, result.error(PG_DIAG_MESSAGE_PRIMARY), code);
  }
  return result;
}

// All that is done while it lives is undone unless it is kept.
class Savepoint {
 public:
  explicit Savepoint(PGconn* connection) : connection_(connection) {
    run(connection, "SAVEPOINT crier_append_in");
  }
  ~Savepoint() {
    if (!kept_) {
      PQclear(PQexec(connection_, "ROLLBACK TO crier_append_in; RELEASE crier_append_in"));
    }
  }
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;

  void keep() {
    run(connection_, "RELEASE crier_append_in");
    kept_ = true;
  }

 private:
  PGconn* const connection_;
  bool kept_ = false;
};

RidingIds write(PGconn* connection, std::span<const NewEntry> entries, const Place& place,
                const std::function<bool(std::string_view)>& is_ours) {
  Savepoint savepoint(connection);
  const Result log = run(connection, sql::in_schema(sql::kLogOfApplication, place.schema));
  if (log.rows() == 0 || !is_ours(log.text(0, 1))) {
    refuse("this connection's log is another one than that of '" + place.name +
           "': connect to the same database, and let search_path name the same schema first");
  }
  const std::string insert = sql::in_schema(sql::kAppendIn, place.schema);
  for (const NewEntry& entry : entries) {
    if ((entry.json_instruction + entry.originated).find('\0') != std::string::npos) {
      throw Failure(Failure::Cause::server, "a text holds a NUL character", "22021");
    }
    const std::string count = std::to_string(entry.instruction_count);
    run<3>(connection, insert,
           {entry.json_instruction.c_str(), entry.originated.c_str(), count.c_str()});
  }
  savepoint.keep();
  return {{}, {log.number(0, 0)}};
}

// The application's own settings are in force, and not the store's deadline.
Error explain(const Failure& failure, const Place& place) {
  const std::string there = "the database '" + place.name + "'";
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
  return translate(kOperation, failure, place, Access::read_write);
}

}  // namespace

RidingIds append_in(PGconn* connection, std::span<const NewEntry> entries, const Place& place,
                    const std::function<bool(std::string_view)>& is_ours) {
  require_fit(connection, place);
  try {
    return write(connection, entries, place, is_ours);
  } catch (const Failure& failure) {
    throw explain(failure, place);
  }
}

}  // namespace crier::postgres
