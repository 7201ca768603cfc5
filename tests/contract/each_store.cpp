// SPDX-License-Identifier: MIT
#include "contract/memory_cluster_store.hpp"
#include "contract/sqlite_test_store.hpp"
#ifdef CRIER_HAS_POSTGRES
#include "contract/postgres_test_store.hpp"
#include "support/raw_postgres.hpp"
#endif
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace crier::test {

std::span<const TestStoreKind> test_store_kinds() {
  static const std::vector<TestStoreKind> kinds = [] {
    std::vector<TestStoreKind> all = {{"sqlite", make_sqlite_test_store}};
#ifdef CRIER_HAS_POSTGRES
    if (!postgres_folder().empty()) {
      all.push_back({"postgres", make_postgres_test_store});
    }
#endif
    return all;
  }();
  return kinds;
}

void on_each_store(const std::function<void(TestStore&)>& test) {
  for (const TestStoreKind& kind : test_store_kinds()) {
    CAPTURE(kind.name);
    const std::unique_ptr<TestStore> store = kind.make();
    test(*store);
  }
}

void on_each_cluster_store(const std::function<void(ClusterStore&)>& test) {
  on_each_store([&](TestStore& store) { test(store); });
  CAPTURE("memory");
  test(*make_memory_cluster_store());
}

}  // namespace crier::test
