// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "store/postgres/config.hpp"
#include "store/postgres/lineage.hpp"
#include "store/postgres/pg_connection.hpp"

#include <chrono>
#include <memory>

namespace crier::postgres {

// A connection with the settings on which the statements rely. Isolation is READ COMMITTED: each
// statement sees what was committed before it, so that whoever has waited for a row reads it as it
// is now.
struct OpenSession {
  std::unique_ptr<PgConnection> link;
  LogIdentity log;
  bool pooled = false;  // each transaction has another session: see local_settings()
};

// Connects; `server`: one of libpq's target_session_attrs, if the URL has none. Throws Failure if
// there is no server, if it is too old, or if what answers does not keep sessions apart.
[[nodiscard]] OpenSession open_session(const StoreConfig& config, Access access,
                                       PgConnection::Time ends, const char* server);

// SQL that makes the settings for the rest of the transaction that is open, where none stay.
[[nodiscard]] std::string local_settings(const StoreConfig& config);
// The beginning of a transaction with these settings.
[[nodiscard]] std::string begin_pooled(const StoreConfig& config, Access access);

// The longest that the server may work on one statement, as a setting of its.
[[nodiscard]] std::string statement_timeout(std::chrono::milliseconds deadline);

}  // namespace crier::postgres
