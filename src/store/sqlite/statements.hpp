// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/statement_file.hpp"
#include "store/sql/store_config.hpp"

#include <string>
#include <string_view>

namespace crier::sqlite {

// statements/sqlite.sql, embedded when crier is built.
[[nodiscard]] const sql::StatementFile& statements();

// SQL on crier's tables as it stands in the files, on those of `config`'s application.
[[nodiscard]] std::string in_app(std::string_view sql, const sql::StoreConfig& config);

// The statement of that name, on the tables of `config`.
[[nodiscard]] std::string statement_text(std::string_view name, const sql::StoreConfig& config);

}  // namespace crier::sqlite
