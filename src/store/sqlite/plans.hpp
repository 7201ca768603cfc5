// SPDX-License-Identifier: MIT
#pragma once

#include <sqlite3.h>

#include <optional>
#include <string>
#include <vector>

namespace crier::sqlite {

// See SchemaDriver::tables_walked_by(). Throws SQLite::Exception.
[[nodiscard]] std::optional<std::vector<std::string>> walked_tables(sqlite3* connection,
                                                                    const std::string& statement,
                                                                    int many_rows);

}  // namespace crier::sqlite
