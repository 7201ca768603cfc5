// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include "store/sqlite/database.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/statement.hpp"

namespace crier::sqlite {

// Appends to the instruction log: in the Write that is under way, or in a transaction of its own.
class SqliteAppender {
 public:
  explicit SqliteAppender(Database& database) : database_(database) {}

  EntryId append(const NewEntry& entry) {
    Statement::Run insert = append_.run();
    insert->bindNoCopy(1, entry.json_instruction);
    insert->bindNoCopy(2, entry.originated);
    insert->bind(3, entry.instruction_count);
    insert->exec();
    return {database_.handle().getLastInsertRowid()};
  }

 private:
  Database& database_;
  Statement append_{database_, sql::kAppend};
};

}  // namespace crier::sqlite
