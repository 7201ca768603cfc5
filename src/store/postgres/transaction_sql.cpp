// SPDX-License-Identifier: MIT
#include "store/postgres/transaction_sql.hpp"

namespace crier::postgres {

// Who may not write what nodes tell each other can lock neither crierLock nor its row,
// but by what docs/security.md names.
std::string begin_sql(sql::Begin kind) {
  const std::string begin = "BEGIN ISOLATION LEVEL READ COMMITTED; ";
  switch (kind) {
    case sql::Begin::write:
      return begin + "SELECT FROM crierLock FOR UPDATE";
    case sql::Begin::snapshot:
      return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    case sql::Begin::migration:
      return begin + "SELECT pg_advisory_xact_lock(1668441459, hashtext(current_schema()))";
    case sql::Begin::cache_fill:
      return begin + "LOCK TABLE crierLock IN ROW EXCLUSIVE MODE";
    // A reader has its value, and waits neither for a lock nor for the disk.
    case sql::Begin::cache_renewal:
      return begin + "SET LOCAL lock_timeout = 100; SET LOCAL synchronous_commit = off";
    case sql::Begin::cache_set:
    case sql::Begin::cache_clearing:
    case sql::Begin::hybrid:
    case sql::Begin::trial:
    case sql::Begin::savepoint:  // not on a connection of crier's own
      break;
  }
  return begin;
}

}  // namespace crier::postgres
