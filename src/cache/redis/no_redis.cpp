// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "cache/redis/redis_cache.hpp"

namespace crier::redis {

std::unique_ptr<SharedCache> make_cache(std::string_view, const SharedCacheOptions&) {
  throw Error("open",
              "this crier was built without Redis: build it with hiredis (Debian: libhiredis-dev) "
              "and CRIER_REDIS=ON",
              Error::Kind::invalid_argument);
}

}  // namespace crier::redis
