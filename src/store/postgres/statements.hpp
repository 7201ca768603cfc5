// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include "store/sql/statement_file.hpp"

#include <vector>

namespace crier::postgres {

// statements/postgresql.sql, embedded when crier is built.
[[nodiscard]] const sql::StatementFile& statements();

// migrations/postgresql/*.sql, embedded when crier is built.
std::vector<Migration> migrations();

}  // namespace crier::postgres
