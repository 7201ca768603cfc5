// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/store.hpp>

#ifdef CRIER_HAS_POSTGRES
#include "store/postgres/postgres_store.hpp"
#endif
#include "store/sqlite/sqlite_store.hpp"
#include "store/url.hpp"

#include <chrono>

namespace crier {

EntryId Store::append_in(sqlite3*, std::span<const NewEntry>) {
  throw Error("append",
              "the store " + name() +
                  " is not SQLite, so nothing can be written there in a transaction of SQLite's",
              Error::Kind::invalid_argument);
}

std::unique_ptr<Store> open_store(std::string_view url) {
  if (names_postgres(url)) {
#ifdef CRIER_HAS_POSTGRES
    return postgres::make_store(url);
#else
    throw Error("open",
                "this crier was built without PostgreSQL: build it where libpq is, with "
                "CRIER_POSTGRES=ON",
                Error::Kind::invalid_argument);
#endif
  }
  const StoreUrl parsed = parse_url(url);
  const std::chrono::milliseconds deadline = parsed.deadline.value_or(std::chrono::seconds(5));
  check_deadline(deadline);
  return sqlite::make_store(parsed, deadline);
}

}  // namespace crier
