// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/session.hpp"

namespace crier::sql {

// A transaction; undone unless it is committed.
class Transaction {
 public:
  Transaction(Session& session, Begin kind) : session_(session) { session.begin(kind); }
  ~Transaction() {
    if (!committed_) {
      session_.roll_back();
    }
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // REQUIRES: no Rows of the transaction's are left.
  void commit() {
    session_.commit();
    committed_ = true;
  }

 private:
  Session& session_;
  bool committed_ = false;
};

}  // namespace crier::sql
