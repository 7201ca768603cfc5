// SPDX-License-Identifier: MIT
#pragma once

#include "store/application_transaction.hpp"

#include <sqlite3.h>

#include <memory>

namespace crier::sqlite {

// See crier::begin_transaction(). Takes the write lock at once: what is read in it is then not
// older than what is written.
[[nodiscard]] std::unique_ptr<OwnedTransaction> begin_transaction(sqlite3* connection);
[[nodiscard]] bool is_in_transaction(sqlite3* connection);

}  // namespace crier::sqlite
