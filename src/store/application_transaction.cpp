// SPDX-License-Identifier: MIT
#include "store/application_transaction.hpp"

#include <crier/error.hpp>

#ifdef CRIER_HAS_POSTGRES
#include "store/postgres/owned_transaction.hpp"
#endif
#include "store/sqlite/owned_transaction.hpp"

namespace crier {

std::unique_ptr<OwnedTransaction> begin_transaction(ApplicationConnection connection) {
  if (auto* const* const sqlite = std::get_if<sqlite3*>(&connection)) {
    return sqlite::begin_transaction(*sqlite);
  }
#ifdef CRIER_HAS_POSTGRES
  return postgres::begin_transaction(std::get<pg_conn*>(connection));
#else
  throw Error("transact",
              "this crier was built without PostgreSQL: build it where libpq is, with "
              "CRIER_POSTGRES=ON",
              Error::Kind::invalid_argument);
#endif
}

bool is_in_transaction(ApplicationConnection connection) {
  if (auto* const* const sqlite = std::get_if<sqlite3*>(&connection)) {
    return sqlite::is_in_transaction(*sqlite);
  }
#ifdef CRIER_HAS_POSTGRES
  return postgres::is_in_transaction(std::get<pg_conn*>(connection));
#else
  return false;
#endif
}

}  // namespace crier
