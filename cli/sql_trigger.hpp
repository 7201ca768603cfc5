// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/guid.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// What triggers are wanted.
struct TriggerRequest {
  std::vector<std::string> id_columns;  // empty: those of the primary key
  Guid refresher;
  bool payload = false;  // the key as JSON, in place of an id
};

// The beginning of the triggers' names where none was given.
[[nodiscard]] std::string default_trigger_name(std::string_view table);

// SQL for SQLite that makes three triggers on `table`: each row that is inserted, updated or
// deleted appends an instruction to `log`. Throws a usage error that says what keeps `table` from
// it.
[[nodiscard]] std::string trigger_sql(const TableInfo& table, std::string_view log,
                                      std::string_view name, const TriggerRequest& request);
// SQL that drops them.
[[nodiscard]] std::string drop_trigger_sql(std::string_view name);

// True where a REPLACE may delete a row of `table` that no trigger hears of: SQLite fires none for
// a row that is in the way, and it may have another key.
[[nodiscard]] bool may_replace_unheard(const TableInfo& table, const TriggerRequest& request);

}  // namespace crier::cli
