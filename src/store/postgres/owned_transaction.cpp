// SPDX-License-Identifier: MIT
#include "store/postgres/owned_transaction.hpp"

#include <crier/error.hpp>

#include "store/postgres/pg_connection.hpp"
#include "store/postgres/result.hpp"

#include <string>
#include <string_view>

namespace crier::postgres {
namespace {

constexpr const char* kTransact = "transact";

[[noreturn]] void refuse_to_transact(const std::string& why,
                                     Error::Kind kind = Error::Kind::invalid_argument) {
  throw Error(kTransact, why, kind);
}

void require_idle(PGconn* connection) {
  if (connection == nullptr) {
    refuse_to_transact("there is no connection to write on: it is null");
  }
  if (PQpipelineStatus(connection) != PQ_PIPELINE_OFF) {
    refuse_to_transact("this connection is in pipeline mode; leave that before transact()");
  }
  switch (PQtransactionStatus(connection)) {
    case PQTRANS_IDLE:
      return;
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR:
      refuse_to_transact(
          "this connection is in a transaction already, and transact() begins one of its own: end "
          "that first, or use batch_in() within it");
    case PQTRANS_ACTIVE:
      refuse_to_transact(
          "a command is still running on this connection; read its results before transact()");
    case PQTRANS_UNKNOWN:
      break;
  }
  refuse_to_transact("this connection is broken (" + message_of(connection) + "); connect again",
                     Error::Kind::retryable);
}

class TransactionOfOurs final : public OwnedTransaction {
 public:
  explicit TransactionOfOurs(PGconn* connection) : connection_(connection) {
    require_idle(connection);
    try {
      // The setting ends with the transaction: by it this one is known again. It takes no snapshot,
      // so the application may still set the level of isolation.
      run("BEGIN; SET LOCAL crier.transact = 'open'", "the transaction could not begin");
    } catch (...) {
      roll_back();
      throw;
    }
  }
  ~TransactionOfOurs() override {
    if (!committed_) {
      roll_back();
    }
  }
  TransactionOfOurs(const TransactionOfOurs&) = delete;
  TransactionOfOurs& operator=(const TransactionOfOurs&) = delete;

  void check() override {
    if (PQtransactionStatus(connection_) == PQTRANS_INERROR) {
      refuse_to_transact(
          "a statement within transact() has failed, and with it the transaction: all of it is "
          "rolled back",
          Error::Kind::failed);
    }
    const bool is_open =
        PQtransactionStatus(connection_) == PQTRANS_INTRANS &&
        run("SHOW crier.transact", "the transaction can't go on").text(0, 0) == "open";
    if (!is_open) {
      refuse_to_transact(
          "the transaction was ended within transact(), which commits by itself: what it had "
          "changed until then may stand in the database, and nobody was told of it",
          Error::Kind::failed);
    }
  }

  void commit() override {
    PGresult* const answer = PQexec(connection_, "COMMIT");
    const std::string_view tag = answer == nullptr ? "" : PQcmdStatus(answer);
    committed_ = tag == "COMMIT";
    const Result result(answer);
    if (committed_) {
      return;
    }
    if (PQstatus(connection_) != CONNECTION_OK) {
      refuse_to_transact(
          "the connection broke while the transaction was being committed (" + message() +
              "): nobody knows whether it was; if so, every node hears of it all the same",
          Error::Kind::failed);
    }
    throw error_of(result, "the transaction could not be committed, and is rolled back");
  }

 private:
  Result run(const char* sql, const char* else_what) {
    Result result(PQexec(connection_, sql));
    if (result.is_nothing() || result.is_error()) {
      throw error_of(result, else_what);
    }
    return result;
  }
  [[nodiscard]] std::string message() const { return message_of(connection_); }
  // Serialization failures and deadlocks may be tried again.
  [[nodiscard]] Error error_of(const Result& result, const std::string& what) const {
    const std::string code = result.is_nothing() ? "" : result.error(PG_DIAG_SQLSTATE);
    const bool is_conflict = code.starts_with("40") || code == "55P03" || code == "57014";
    return {kTransact, what + " (" + message() + ")",
            is_conflict ? Error::Kind::retryable : Error::Kind::failed};
  }
  void roll_back() noexcept {
    if (postgres::is_in_transaction(connection_)) {
      PQclear(PQexec(connection_, "ROLLBACK"));
    }
  }

  PGconn* const connection_;
  bool committed_ = false;
};

}  // namespace

std::unique_ptr<OwnedTransaction> begin_transaction(PGconn* connection) {
  return std::make_unique<TransactionOfOurs>(connection);
}

bool is_in_transaction(PGconn* connection) {
  const PGTransactionStatusType status = PQtransactionStatus(connection);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

}  // namespace crier::postgres
