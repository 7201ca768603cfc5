// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include "store/sql/store_config.hpp"

#include <vector>

namespace crier::sqlite {

// migrations/sqlite/*.sql, embedded when crier is built.
[[nodiscard]] std::vector<Migration> migrations();
// The same for the tables of `config`'s application. Their checksums are those of the files.
[[nodiscard]] std::vector<Migration> migrations(const sql::StoreConfig& config);

}  // namespace crier::sqlite
