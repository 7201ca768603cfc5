// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "contract/postgres_test_store.hpp"
#include "support/entries.hpp"

#include <memory>
#include <string>
#include <vector>

namespace crier::test {

/// A store, and a connection of the application's to the same database, with a table of its own.
struct PostgresRide {
  MigratedSpace space;
  std::unique_ptr<Store> store = open_store(space.url("&deadline=30s"));
  std::unique_ptr<Connection> connection = store->connect(Access::read_write);
  RawPostgres app = make_app();

  RawPostgres make_app() const {
    space.execute("CREATE TABLE products (id bigint PRIMARY KEY, price bigint)");
    return RawPostgres(space.conninfo());
  }
  RidingIds write(const RawPostgres& on,
                  const std::vector<NewEntry>& entries = {new_entry("[1]")}) const {
    return store->append_in(on.handle(), entries);
  }
  std::string value(const std::string& sql) const {
    return RawPostgres(space.conninfo()).value(sql);
  }
};

}  // namespace crier::test
