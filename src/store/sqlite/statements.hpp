// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/statement_file.hpp"
#include "store/sql/store_config.hpp"

#include <string>
#include <string_view>

namespace crier::sqlite {

// statements/sqlite.sql, embedded when crier is built.
[[nodiscard]] const sql::StatementFile& statements();

// The statement of that name, on the instruction table of `config`.
[[nodiscard]] std::string statement_text(std::string_view name, const sql::StoreConfig& config);

}  // namespace crier::sqlite
