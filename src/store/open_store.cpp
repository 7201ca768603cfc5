// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/store.hpp>

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
  using namespace std::chrono_literals;
  const StoreUrl parsed = parse_url(url);
  const std::chrono::milliseconds deadline = parsed.deadline.value_or(5s);
  if (deadline < 1ms || deadline > 24h) {
    throw Error("open", "the store's deadline must be between 1ms and 1440m",
                Error::Kind::invalid_argument);
  }
  return sqlite::make_store(parsed, deadline);
}

}  // namespace crier
