// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "store/postgres/config.hpp"
#include "store/postgres/failure.hpp"

#include <string>

namespace crier::postgres {

// The one place where PostgreSQL's errors become crier's: a sentence that names the database, what
// is wrong with it and what to do.
[[nodiscard]] Error translate(const std::string& operation, const Failure& failure,
                              const StoreConfig& config, Access access);

// Whether what was asked for is a table that is not there.
[[nodiscard]] bool is_missing_table(const Failure& failure);

}  // namespace crier::postgres
