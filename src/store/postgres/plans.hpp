// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace crier::postgres {

// See SchemaDriver::tables_walked_by(). `query` runs statements in a transaction that is open.
[[nodiscard]] std::optional<std::vector<std::string>> walked_tables(
    const std::function<Result(const std::string&)>& query, const std::string& statement,
    int many_rows);

}  // namespace crier::postgres
