// SPDX-License-Identifier: MIT
#include "keeper/cache_cleaner.hpp"

#include <algorithm>
#include <cstddef>

namespace crier {

bool CacheCleaner::step(SharedCacheTable& cache, const Fence& fence, Time leads_since, Time now) {
  constexpr std::size_t kMaxRows = 1000;
  if (now - std::max(last_, leads_since) < interval_) {
    return false;
  }
  if (cache.forget_gone(kMaxRows, fence).more) {
    return true;
  }
  last_ = now;
  return false;
}

}  // namespace crier
