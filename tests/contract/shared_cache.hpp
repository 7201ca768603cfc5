// SPDX-License-Identifier: MIT
#pragma once

#include <crier/error.hpp>
#include <crier/shared_cache.hpp>

#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace crier::test {

/// What a key has, or kNone.
using Value = std::optional<std::string>;
inline constexpr std::nullopt_t kNone = std::nullopt;

inline std::unique_ptr<SharedCache> cache_of(ClusterStore& store,
                                             const SharedCacheOptions& options = {}) {
  return make_shared_cache(store.open(), options);
}

/// Whether it takes an entry that expires then.
inline bool takes(SharedCache& cache, SharedTime at) {
  try {
    cache.set("probe", "", {.at = at});
    return true;
  } catch (const Error& error) {
    CHECK(error.invalid_argument());
    return false;
  }
}

/// The database's own time, which no test knows: found by bisection, to a minute.
inline SharedTime now_of(SharedCache& cache) {
  SharedTime past{};
  SharedTime future =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
      std::chrono::hours(24 * 3650);
  while (future - past > std::chrono::minutes(1)) {
    const SharedTime middle = past + (future - past) / 2;
    (takes(cache, middle) ? future : past) = middle;
  }
  return future;
}

}  // namespace crier::test
