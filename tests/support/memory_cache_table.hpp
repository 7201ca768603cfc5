// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cache_table.hpp>

#include "support/memory_store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace crier::test {

/// The shared cache of a MemoryStore, as its connections have it.
class MemoryCacheTable final : public SharedCacheTable {
 public:
  explicit MemoryCacheTable(MemoryStore& store) : store_(store), cache_(store.cache_) {}

  std::optional<std::string> get(std::string_view key) override {
    return store_.call("cache get", [&] { return cache_.get(key, store_.now); });
  }
  SharedLookup lookup(std::string_view key) override {
    return store_.call("cache lookup", [&] {
      return SharedLookup{cache_.get(key, store_.now), cache_.stamp_of(key, store_.now)};
    });
  }
  void set(std::string_view key, std::string_view value, const SharedExpiry& expiry) override {
    store_.call("cache set", [&] { cache_.set(key, value, expiry, store_.now); });
  }
  bool add(std::string_view key, std::string_view value, const SharedStamp& miss,
           const SharedExpiry& expiry) override {
    return store_.call("cache add",
                       [&] { return cache_.add(key, value, miss, expiry, store_.now); });
  }
  void refresh(std::string_view key) override {
    store_.call("cache refresh", [&] { cache_.get(key, store_.now); });
  }
  void remove(std::string_view key) override {
    store_.call("cache remove", [&] { cache_.remove(key, store_.now); });
  }
  bool remove_value(std::string_view key, std::string_view value) override {
    return store_.call("cache remove", [&] { return cache_.remove_value(key, value, store_.now); });
  }
  CacheCleaned forget_gone(std::size_t max_rows, const Fence& fence) override {
    return store_.call("cache forget", [&] {
      return store_.cluster_.holds(fence, store_.now) ? cache_.forget_gone(max_rows, store_.now)
                                                      : CacheCleaned();
    });
  }
  CacheCleaned clear(std::size_t max_rows) override {
    return store_.call("cache clear", [&] { return cache_.clear(max_rows, store_.now); });
  }
  CacheStats stats() override {
    return store_.call("cache stats", [&] { return cache_.stats(store_.now); });
  }

 private:
  MemoryStore& store_;
  MemoryCache& cache_;
};

}  // namespace crier::test
