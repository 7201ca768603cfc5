// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier::postgres {

// As a role that everybody is: no other can bear the name.
inline constexpr std::string_view kEverybody = "public";

// What rights are given on, besides what has the same name in every database.
struct GrantObjects {
  std::string schema;
  std::string sequences;          // as in SQL, with commas
  std::string trigger_functions;  // of crier sql-trigger; the same
};

// A right on what is crier's, of a role that does not own it.
struct HeldRight {
  std::string role;
  std::string object;     // a table, a sequence or a function, in lower case; empty: see privilege
  std::string column;     // empty: of all of it
  std::string privilege;  // or TRIGGER, on a function of crier sql-trigger; CREATE, on the schema
  std::string target;     // the object, as REVOKE takes it
  std::string grantee;    // the role, as REVOKE takes it
};

// See Schema::grants().
[[nodiscard]] std::string grants_sql(const GrantObjects& there, std::span<const RoleGrant> grants);

// crier's tables, in lower case, with commas.
[[nodiscard]] std::string table_names();

// What there is to say of those of `held`, all that there are, which no kind of role has:
// sentences, with what to do. `there` names the database.
[[nodiscard]] std::vector<std::string> warnings_of(const std::vector<HeldRight>& held,
                                                   const std::string& there);

}  // namespace crier::postgres
