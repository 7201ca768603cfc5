// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include "store/sql/session.hpp"

#include <string_view>

namespace crier::postgres {

// See Schema::describe(). Throws crier::Error if several schemas have such a table.
[[nodiscard]] TableInfo describe_table(sql::Session& session, std::string_view name);

}  // namespace crier::postgres
