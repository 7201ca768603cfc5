// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include "store/sql/schema_facts.hpp"
#include "store/sql/session.hpp"

#include <string>
#include <vector>

namespace crier::sqlite {

// The text of schema/sqlite.sql.
[[nodiscard]] const std::string& schema_text();

// See SchemaDriver.
[[nodiscard]] sql::FoundFacts facts_of(sql::Session& session,
                                       const std::vector<sql::SchemaFact>& expected);
[[nodiscard]] std::string mend_sql(const sql::SchemaFault& fault,
                                   const std::vector<sql::SchemaFact>& expected,
                                   const sql::FoundFacts& found);
[[nodiscard]] std::vector<Repair> repair_ids(sql::Session& session);

}  // namespace crier::sqlite
