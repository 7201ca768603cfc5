// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/pg_connection.hpp"
#include "store/sql/store_config.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace crier::postgres {

// A PostgreSQL store. `database` is "postgresql://host/shop?schema=crier": no user, no secret. The
// log is always crier's own: if another program gives ids from a sequence, rows become visible out
// of order.
struct StoreConfig : sql::StoreConfig {
  Parameters parameters;  // what libpq connects with; may hold a password
  std::string schema;     // empty: the first one on the role's search_path
  bool pooled = false;    // a pooler gives each transaction another session
  Parameters listen;      // what a wake-up connects with; empty: the same
  // See Options::password.
  std::function<std::string()> password;
};

// Takes a URL, or a text in libpq's keyword form, apart: see open_store(). Connects to nothing.
// Throws an invalid_argument Error if it is malformed; the message never repeats what may hold a
// password.
[[nodiscard]] StoreConfig parse_postgres_url(std::string_view url);

}  // namespace crier::postgres
