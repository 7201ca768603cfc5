// SPDX-License-Identifier: MIT
// append_in() on a connection whose application is in the middle of a statement, or elsewhere.
#include <crier/admin/store.hpp>

#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace crier::test {
namespace {

TEST_CASE("append_in: while a statement of the application's still writes, it is to end first") {
  const TempDir dir;
  const std::string path = dir / "shop.db";
  const auto store = open_store(path);
  const auto connection = store->connect(Access::create);
  connection->schema().migrate();
  SQLite::Database app(path, SQLite::OPEN_READWRITE);
  app.exec("CREATE TABLE products (id INTEGER PRIMARY KEY); BEGIN IMMEDIATE");
  const auto write = [&] {
    return store->append_in(app.getHandle(), std::vector{new_entry("[1]")}).last;
  };
  SQLite::Statement running(app, "INSERT INTO products VALUES (1), (2) RETURNING id");
  CHECK(running.executeStep());
  const Error error = error_of([&] { write(); });
  CHECK(error.what() ==
        "a statement of the application's is still running on this connection to '" + path +
            "'; finish or reset it before the write");
  CHECK(error.operation() == "append");
  CHECK(error.invalid_argument());
  running.reset();
  CHECK(write() == EntryId{1});
  app.exec("COMMIT");
  CHECK(all_ids(*connection) == std::vector<std::int64_t>{1});
}

TEST_CASE("append_in: a connection of another database's is refused") {
  const TempDir dir;
  const std::string path = dir / "shop.db";
  const Error error = error_of([&] {
    open_store(path)->append_in(static_cast<pg_conn*>(nullptr), std::vector{new_entry("[1]")});
  });
  CHECK(error.what() == "the store sqlite:" + path +
                            " is a SQLite file: nothing can be written there in a transaction of "
                            "another database's");
  CHECK(error.invalid_argument());
}

}  // namespace
}  // namespace crier::test
