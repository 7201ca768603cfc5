// SPDX-License-Identifier: MIT
#pragma once

#include <crier/shared_cache.hpp>

#include <memory>
#include <string_view>

namespace crier::redis {

// The cache that a URL of Redis names: see open_shared_cache().
[[nodiscard]] std::unique_ptr<SharedCache> make_cache(std::string_view url,
                                                      const SharedCacheOptions& options);

}  // namespace crier::redis
