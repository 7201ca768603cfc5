// SPDX-License-Identifier: MIT
#pragma once

#include "store/sqlite/database.hpp"

namespace crier::sqlite {

// A transaction that writes; undone unless it is committed. IMMEDIATE: one that begins as a reader
// can't always become a writer.
class Write {
 public:
  explicit Write(Database& database) : database_(database) { database.run(Database::kBegin); }
  ~Write() {
    if (!committed_) {
      database_.roll_back();
    }
  }
  Write(const Write&) = delete;
  Write& operator=(const Write&) = delete;

  // REQUIRES: no statement of the transaction is still running.
  void commit() {
    database_.run(Database::kCommit);
    committed_ = true;
  }

 private:
  Database& database_;
  bool committed_ = false;
};

}  // namespace crier::sqlite
