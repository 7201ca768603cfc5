// SPDX-License-Identifier: MIT
#pragma once

#include "store/sqlite/database.hpp"

#include <SQLiteCpp/Transaction.h>

namespace crier::sqlite {

// A transaction that writes; undone unless it is committed. IMMEDIATE: one that begins as a reader
// can't always become a writer.
class Write {
 public:
  explicit Write(Database& database) : database_(database) {}

  // REQUIRES: no statement of the transaction is still running.
  void commit() {
    database_.require_in_place();
    transaction_.commit();
  }

 private:
  Database& database_;
  SQLite::Transaction transaction_{database_.handle(), SQLite::TransactionBehavior::IMMEDIATE};
};

}  // namespace crier::sqlite
