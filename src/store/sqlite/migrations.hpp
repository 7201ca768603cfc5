// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>

#include <vector>

namespace crier::sqlite {

// migrations/sqlite/*.sql, embedded when crier is built.
[[nodiscard]] std::vector<Migration> migrations();

}  // namespace crier::sqlite
