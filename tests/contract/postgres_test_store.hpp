// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "support/raw_postgres.hpp"
#include "support/test_store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace crier::test {

/// A schema with crier's tables.
struct MigratedSpace : PostgresSpace {
  MigratedSpace() { open_store(url("&deadline=30s"))->connect(Access::create)->schema().migrate(); }
};

/// The processes of the sessions that bear this name.
[[nodiscard]] inline std::vector<std::string> sessions(const PostgresSpace& space,
                                                       const std::string& application) {
  return RawPostgres(space.conninfo())
      .values("SELECT pid FROM pg_stat_activity WHERE application_name = '" + application + "'");
}

[[nodiscard]] std::unique_ptr<TestStore> make_postgres_test_store();

}  // namespace crier::test
