// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include "store/sql/session.hpp"
#include "store/sqlite/config.hpp"

#include <string>
#include <string_view>

struct sqlite3;

namespace crier::sqlite {

// The table of that name, and what it is made of. See Schema::describe().
[[nodiscard]] TableInfo describe_table(sql::Session& session, std::string_view name);

// What keeps the instruction table of `config` from being one: a sentence; empty if nothing does.
[[nodiscard]] std::string table_fault(sqlite3* handle, const StoreConfig& config);

}  // namespace crier::sqlite
