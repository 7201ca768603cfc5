// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>
#include <crier/shared_cache.hpp>

#include "base/redis_scheme.hpp"
#include "cache/redis/redis_cache.hpp"
#include "cache/shared/store_cache.hpp"

#include <utility>

namespace crier {

std::unique_ptr<SharedCache> open_shared_cache(std::string_view url,
                                               const SharedCacheOptions& options) {
  if (is_redis_url(url)) {
    return redis::make_cache(url, options);
  }
  return make_shared_cache(open_store(url), options);
}

std::unique_ptr<SharedCache> make_shared_cache(std::shared_ptr<Store> store,
                                               const SharedCacheOptions& options) {
  return std::make_unique<StoreCache>(std::move(store), Access::read_write, options);
}

}  // namespace crier
