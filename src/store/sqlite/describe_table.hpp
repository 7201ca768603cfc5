// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include <string_view>

namespace SQLite {
class Database;
}

namespace crier::sqlite {

// What stands under that name in the main database. Throws SQLite::Exception.
[[nodiscard]] TableInfo describe_table(SQLite::Database& database, std::string_view name);

}  // namespace crier::sqlite
