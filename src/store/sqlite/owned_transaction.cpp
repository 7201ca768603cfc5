// SPDX-License-Identifier: MIT
#include "store/sqlite/owned_transaction.hpp"

#include <crier/error.hpp>

#include <string>

namespace crier::sqlite {
namespace {

constexpr const char* kTransact = "transact";

Error error_on(sqlite3* connection, const std::string& what) {
  const int code = sqlite3_errcode(connection) & 0xff;
  const bool is_locked = code == SQLITE_BUSY || code == SQLITE_LOCKED;
  return {kTransact,
          what + ": " + sqlite3_errmsg(connection) +
              (is_locked ? "; another has written meanwhile, or is writing: try again" : ""),
          is_locked || code == SQLITE_INTERRUPT ? Error::Kind::retryable : Error::Kind::failed};
}

class TransactionOfOurs final : public OwnedTransaction {
 public:
  explicit TransactionOfOurs(sqlite3* connection) : connection_(connection) {
    if (connection == nullptr) {
      throw Error(kTransact, "there is no connection to write on: it is null",
                  Error::Kind::invalid_argument);
    }
    if (sqlite::is_in_transaction(connection)) {
      throw Error(kTransact,
                  "this connection is in a transaction already, and transact() begins one of its "
                  "own: end that first, or use batch_in() within it",
                  Error::Kind::invalid_argument);
    }
    if (!run("BEGIN IMMEDIATE")) {
      throw error_on(connection, "the transaction could not begin");
    }
    // By this it is known again: one that is begun after it has no such savepoint.
    if (!run("SAVEPOINT crier_transact")) {
      const Error why = error_on(connection, "the transaction could not begin");
      run("ROLLBACK");
      throw why;
    }
  }
  ~TransactionOfOurs() override {
    if (!committed_ && sqlite::is_in_transaction(connection_)) {
      run("ROLLBACK");
    }
  }
  TransactionOfOurs(const TransactionOfOurs&) = delete;
  TransactionOfOurs& operator=(const TransactionOfOurs&) = delete;

  void check() override {
    if (!sqlite::is_in_transaction(connection_) || !run("RELEASE crier_transact")) {
      throw Error(kTransact,
                  "the transaction was ended within transact(), which commits by itself: what it "
                  "had changed until then may stand in the database, and nobody was told of it");
    }
  }

  void commit() override {
    if (!run("COMMIT")) {
      throw error_on(connection_, "the transaction could not be committed, and is rolled back");
    }
    committed_ = true;
  }

 private:
  bool run(const char* sql) {
    return sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  }

  sqlite3* const connection_;
  bool committed_ = false;
};

}  // namespace

std::unique_ptr<OwnedTransaction> begin_transaction(sqlite3* connection) {
  return std::make_unique<TransactionOfOurs>(connection);
}

bool is_in_transaction(sqlite3* connection) { return sqlite3_get_autocommit(connection) == 0; }

}  // namespace crier::sqlite
