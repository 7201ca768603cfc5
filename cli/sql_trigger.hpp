// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/guid.hpp>

#include "trigger_tag.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// What triggers are wanted.
struct TriggerRequest {
  std::vector<std::string> id_columns;  // empty: those of the primary key
  Guid refresher;
  bool payload = false;      // the key as JSON, in place of an id
  std::string app = {};      // whose log it is, of several in a file: see Store::app()
  bool for_umbraco = false;  // Umbraco's own classes read the log, and take ids of 32 bits
  std::optional<TriggerTag> tag = {};  // of a hybrid cache, in place of either

  // Of the row, by which it is told from others; empty: those of the primary key.
  [[nodiscard]] const std::vector<std::string>& columns() const {
    return tag ? tag->columns() : id_columns;
  }
};

// The beginning of the triggers' names where none was given.
[[nodiscard]] std::string default_trigger_name(std::string_view table, std::string_view app = {});

// SQL for the table's database. The one for PostgreSQL makes a function, and triggers for each
// statement that changes rows: one entry tells of all of them, or of everything if they are very
// many. `log` is the instruction table.

// SQL for SQLite that makes three triggers on `table`: each row that is inserted, updated or
// deleted appends an instruction to `log`. Throws a usage error that says what keeps `table` from
// it.
[[nodiscard]] std::string trigger_sql(const TableInfo& table, std::string_view log,
                                      std::string_view name, const TriggerRequest& request);
[[nodiscard]] std::string postgres_trigger_sql(const TableInfo& table, const TableInfo& log,
                                               std::string_view name,
                                               const TriggerRequest& request);
// SQL that drops them.
[[nodiscard]] std::string drop_trigger_sql(std::string_view name, std::string_view app = {});
[[nodiscard]] std::string drop_postgres_trigger_sql(const TableInfo& table, std::string_view name);

// The command line that asks for these triggers.
[[nodiscard]] std::string command_of(std::string_view table, std::string_view name,
                                     const TriggerRequest& request);

// True where a REPLACE may delete a row of `table` that no trigger hears of: SQLite fires none for
// a row that is in the way, and it may have another key.
[[nodiscard]] bool may_replace_unheard(const TableInfo& table, const TriggerRequest& request);

}  // namespace crier::cli
