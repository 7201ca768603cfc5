// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/session.hpp"

#include <string>

namespace crier::postgres {

// How each transaction begins.
[[nodiscard]] std::string begin_sql(sql::Begin kind);

}  // namespace crier::postgres
