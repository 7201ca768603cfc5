// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#ifdef CRIER_HAS_POSTGRES
#include "store/postgres/store.hpp"
#endif
#include "store/sqlite/store.hpp"
#include "store/url.hpp"

namespace crier {

RidingIds Store::append_in(ApplicationConnection /*connection*/,
                           std::span<const NewEntry> /*entries*/) {
  throw Error("append", "the store " + name() + " writes in no transaction of an application's",
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
  return sqlite::make_store(url);
}

}  // namespace crier
