// SPDX-License-Identifier: MIT
#pragma once

#include "bench/report.hpp"
#include "support/raw_postgres.hpp"

// What bench_postgres consists of.
namespace crier::bench {

// A schema with crier's tables and no rows.
class PostgresShop : public test::PostgresSpace {
 public:
  PostgresShop();
};

void pg_append_1(const Report& report);
void pg_append_16(const Report& report);
void pg_group_16(const Report& report);
void pg_propagation(const Report& report);
void pg_idle_node(const Report& report);

}  // namespace crier::bench
