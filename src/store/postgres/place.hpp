// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/link.hpp"

#include <chrono>
#include <string>

namespace crier::postgres {

// Which database a store works on, and how its messages speak of it.
struct Place {
  Parameters parameters;  // what libpq connects with; may hold a password
  std::string name;       // "postgresql://host/shop?schema=crier": no user, no secret
  std::string schema;     // empty: the first one on the role's search_path
  std::string migrate_command;
  std::chrono::milliseconds deadline;
  // The log's table, by which rows of the tables for nodes name the log. It is always this one:
  // where another program gives ids from a sequence, rows become visible out of order.
  std::string table = "crierCacheInstruction";
  bool foreign_table = false;
};

}  // namespace crier::postgres
