// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include "store/postgres/result.hpp"
#include "store/sql/schema_facts.hpp"

#include <functional>
#include <string>
#include <vector>

namespace crier::postgres {

// The text of schema/postgresql.sql.
[[nodiscard]] const std::string& schema_text();

// See SchemaDriver::mend().
[[nodiscard]] std::string mend_sql(const sql::SchemaFault& fault);

// See SchemaDriver::repair(). `query` runs statements.
[[nodiscard]] std::vector<Repair> repair_rows(
    const std::function<Result(const std::string&)>& query);

}  // namespace crier::postgres
