// SPDX-License-Identifier: MIT
#include "product_cache.hpp"

namespace shop {

std::int64_t ProductCache::price(std::int64_t id, const Load& load) {
  std::uint64_t stamp = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = prices_.find(id); found != prices_.end()) {
      return found->second;
    }
    stamp = evictions_;
  }
  const std::int64_t price = load(id);
  const std::scoped_lock lock(mutex_);
  // An eviction since the stamp may have been for a change that this read came too early to see:
  // the price may be returned, but kept it would stay wrong for ever.
  if (evictions_ == stamp) {
    prices_.emplace(id, price);
  }
  return price;
}

void ProductCache::evict(std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  prices_.erase(id);
  ++evictions_;
}

void ProductCache::evict_all() {
  const std::scoped_lock lock(mutex_);
  prices_.clear();
  ++evictions_;
}

Prices ProductCache::cached() const {
  const std::scoped_lock lock(mutex_);
  return prices_;
}

}  // namespace shop
