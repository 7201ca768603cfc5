// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "store/postgres/config.hpp"
#include "store/postgres/lineage.hpp"
#include "store/postgres/pg_connection.hpp"

#include <chrono>

namespace crier::postgres {

// What a session is asked for: the settings on which the statements rely, and which server of
// several. Isolation is READ COMMITTED: each statement sees what was committed before it, so that
// whoever has waited for a row reads it as it is now.
[[nodiscard]] Parameters session_parameters(const StoreConfig& config, Access access);

// The longest that the server may work on one statement, as a setting of its.
[[nodiscard]] std::string statement_timeout(std::chrono::milliseconds deadline);

// Throws Failure if the settings have not reached the server, or it is too old.
[[nodiscard]] LogIdentity check_session(PgConnection& link, PgConnection::Time ends);

}  // namespace crier::postgres
