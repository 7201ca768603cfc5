// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#ifdef CRIER_HAS_POSTGRES
#include "store/postgres/store.hpp"
#endif
#include "store/sqlite/store.hpp"
#include "store/url.hpp"

#include <csignal>
#include <utility>

namespace crier {

RidingIds Store::append_in(ApplicationConnection /*connection*/,
                           std::span<const NewEntry> /*entries*/) {
  throw Error("append", "the store " + name() + " writes in no transaction of an application's",
              Error::Kind::invalid_argument);
}

namespace {

// The kernel would end the process in the middle of a write. An application's own handling stays.
void ignore_file_size_signal() {
  struct sigaction now {};
  if (::sigaction(SIGXFSZ, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 &&
      now.sa_handler == SIG_DFL) {
    now.sa_handler = SIG_IGN;
    ::sigaction(SIGXFSZ, &now, nullptr);
  }
}

}  // namespace

std::unique_ptr<Store> open_store(std::string_view url, StoreOptions options) {
  ignore_file_size_signal();
  if (names_postgres(url)) {
#ifdef CRIER_HAS_POSTGRES
    return postgres::make_store(url, std::move(options));
#else
    throw Error("open",
                "this crier was built without PostgreSQL: build it where libpq is, with "
                "CRIER_POSTGRES=ON",
                Error::Kind::invalid_argument);
#endif
  }
  std::unique_ptr<Store> store = sqlite::make_store(url);
  if (options.password) {
    refuse_url("the store " + store->name() + " is a file, which takes no password");
  }
  return store;
}

}  // namespace crier
