// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include "store/sql/schema_driver.hpp"
#include "store/sql/schema_facts.hpp"
#include "store/sql/session.hpp"

#include <string>
#include <vector>

namespace crier::sql {

// What a repair says that it has mended.
[[nodiscard]] std::string repaired(const SchemaFault& fault, bool has_roles);

// Runs `sql`, and undoes what the database refuses of it. In the transaction that is open.
[[nodiscard]] Repair attempt(Session& session, std::string what, std::string sql);

// Mends what differs from schema/, one by one.
[[nodiscard]] std::vector<Repair> mend_schema(Session& session, SchemaDriver& driver);

// What differs from schema/, the first few in words; empty if nothing does.
struct Damage {
  std::string wrong;
  std::string harmless;  // but for speed: indexes and checks
};
[[nodiscard]] Damage damage(SchemaDriver& driver, const std::vector<SchemaFact>& expected);

}  // namespace crier::sql
