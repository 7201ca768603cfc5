// SPDX-License-Identifier: MIT
#pragma once

#include <crier/store.hpp>

#include "support/raw_postgres.hpp"
#include "support/test_store.hpp"

namespace crier::test {

/// A schema with crier's tables.
struct MigratedSpace : PostgresSpace {
  MigratedSpace() { open_store(url("&deadline=30s"))->connect(Access::create)->schema().migrate(); }
};

[[nodiscard]] std::unique_ptr<TestStore> make_postgres_test_store();

}  // namespace crier::test
