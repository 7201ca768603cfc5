// SPDX-License-Identifier: MIT
#pragma once

#include "store/application_transaction.hpp"

#include <libpq-fe.h>
#include <memory>

namespace crier::postgres {

// See crier::begin_transaction(). At the isolation level that is the connection's default.
[[nodiscard]] std::unique_ptr<OwnedTransaction> begin_transaction(PGconn* connection);
[[nodiscard]] bool is_in_transaction(PGconn* connection);

}  // namespace crier::postgres
