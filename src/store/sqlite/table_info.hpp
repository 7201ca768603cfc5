// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include "store/sql/session.hpp"
#include "store/sqlite/config.hpp"

#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace crier::sqlite {

// The table of that name, and what it is made of. See Schema::describe().
[[nodiscard]] TableInfo describe_table(sql::Session& session, std::string_view name);

// What keeps the instruction table of `config` from being one: a sentence; empty if nothing does.
[[nodiscard]] std::string table_fault(sqlite3* handle, const StoreConfig& config);

// Of each table whose triggers crier sql-trigger has made and something has dropped since: a
// sentence.
[[nodiscard]] std::vector<std::string> lost_triggers(sql::Session& session,
                                                     const StoreConfig& config);

// Whether the instruction table of `config` is one of Umbraco's: by its name, or by the types of
// its columns, unless it is crier's own of another ?app=. REQUIRES: it is another program's.
[[nodiscard]] bool is_umbraco_table(sqlite3* handle, const StoreConfig& config);

}  // namespace crier::sqlite
