// SPDX-License-Identifier: MIT
#include "store/postgres/transaction_sql.hpp"

namespace crier::postgres {

// Each lock's second number keeps logs in other schemas apart.
const std::string& begin_sql(sql::Begin kind) {
  static const std::string begin = "BEGIN ISOLATION LEVEL READ COMMITTED; ";
  static const std::string lock_nodes =
      "SELECT pg_advisory_xact_lock(1668441458, 'crierLog'::regclass::oid::int)";
  static const std::string write = begin + lock_nodes;
  static const std::string snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  static const std::string migration =
      begin + "SELECT pg_advisory_xact_lock(1668441459, hashtext(current_schema()))";
  static const std::string fill =
      begin + "SELECT pg_advisory_xact_lock_shared(1668441460, 'crierCache'::regclass::oid::int)";
  // A reader has its value, and waits neither for a lock nor for the disk.
  static const std::string renewal =
      begin + "SET LOCAL lock_timeout = 100; SET LOCAL synchronous_commit = off";
  switch (kind) {
    case sql::Begin::write:
      return write;
    case sql::Begin::snapshot:
      return snapshot;
    case sql::Begin::migration:
      return migration;
    case sql::Begin::cache_fill:
      return fill;
    case sql::Begin::cache_renewal:
      return renewal;
    case sql::Begin::cache_set:
    case sql::Begin::cache_clearing:
    case sql::Begin::savepoint:  // not on a connection of crier's own
      break;
  }
  return begin;
}

}  // namespace crier::postgres
