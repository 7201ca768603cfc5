// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// The columns that tell a row from all others.
using KeyColumns = std::vector<const ColumnInfo*>;

// Each throws a usage error that says what is wrong.

// The SQL goes to a terminal as it is, and the names of columns into JSON.
void require_plain(std::string_view name);
// Triggers of crier's can stand on `table`. `log` is the instruction table.
void require_table(const TableInfo& table, std::string_view log);
// Those of these names; without names, the primary key's.
[[nodiscard]] KeyColumns key_columns(const TableInfo& table, const std::vector<std::string>& names);
// An instruction's id is one whole number that names one row.
void require_id(const TableInfo& table, const KeyColumns& columns);

// Whether `columns` are exactly those of the constraint.
[[nodiscard]] bool covers(const KeyColumns& columns, const std::vector<std::string>& constraint);

}  // namespace crier::cli
