// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cache_table.hpp>
#include <crier/admin/hybrid_table.hpp>

#include "testing/memory_store.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier::testing {

/// The shared cache of a MemoryStore, as its connections have it.
class MemoryCacheTable final : public SharedCacheTable {
 public:
  explicit MemoryCacheTable(const MemoryCalls& calls)
      : calls_(calls), store_(calls.store), cache_(calls.store.cache_) {}

  std::optional<std::string> get(std::string_view key) override {
    return calls_.call("cache get", [&] { return cache_.get(key, store_.now); });
  }
  std::optional<std::string> peek(std::string_view key) override {
    return calls_.call("cache get", [&] { return cache_.peek(key, store_.now); });
  }
  std::vector<std::optional<std::string>> get_many(std::span<const std::string> keys) override {
    return calls_.call("cache get", [&] {
      std::vector<std::optional<std::string>> values;
      for (const std::string& key : keys) {
        values.push_back(cache_.get(key, store_.now));
      }
      return values;
    });
  }
  SharedLookup lookup(std::string_view key) override {
    return calls_.call("cache lookup", [&] {
      return SharedLookup{cache_.get(key, store_.now), cache_.stamp_of(key, store_.now)};
    });
  }
  void set(std::string_view key, std::string_view value, const SharedExpiry& expiry) override {
    calls_.call("cache set", [&] { cache_.set(key, value, expiry, store_.now); });
  }
  bool add(std::string_view key, std::string_view value, const SharedStamp& miss,
           const SharedExpiry& expiry) override {
    return calls_.call("cache add",
                       [&] { return cache_.add(key, value, miss, expiry, store_.now); });
  }
  void refresh(std::string_view key) override {
    calls_.call("cache refresh", [&] { cache_.get(key, store_.now); });
  }
  void remove(std::string_view key) override {
    calls_.call("cache remove", [&] { cache_.remove(key, store_.now); });
  }
  bool remove_value(std::string_view key, std::string_view value) override {
    return calls_.call("cache remove", [&] { return cache_.remove_value(key, value, store_.now); });
  }
  CacheCleaned forget_gone(std::size_t max_rows, const Fence& fence) override {
    return calls_.call("cache forget", [&] {
      return store_.cluster_.holds(fence, store_.now) ? cache_.forget_gone(max_rows, store_.now)
                                                      : CacheCleaned();
    });
  }
  std::vector<std::string> keys(std::string_view prefix, std::string_view after,
                                std::size_t limit) override {
    return calls_.call("cache keys", [&] { return cache_.keys(prefix, after, limit, store_.now); });
  }
  CacheCleaned clear(std::string_view prefix, std::size_t max_rows) override {
    return calls_.call("cache clear", [&] { return cache_.clear(prefix, max_rows, store_.now); });
  }
  CacheStats stats() override {
    return calls_.call("cache stats", [&] { return cache_.stats(store_.now); });
  }

 private:
  const MemoryCalls& calls_;
  MemoryStore& store_;
  MemoryCache& cache_;
};

/// The records of a MemoryStore's hybrid caches.
class MemoryHybridTable final : public HybridTable {
 public:
  explicit MemoryHybridTable(const MemoryCalls& calls) : calls_(calls), store_(calls.store) {}

  SharedHalf::Read read(std::string_view cache, std::string_view key,
                        std::span<const std::uint64_t> marks) override {
    return calls_.call("hybrid read", [&] {
      return store_.hybrid_.read(store_.cache_, cache, key, marks, store_.now);
    });
  }
  std::vector<SharedHalf::Read> read_many(std::string_view cache,
                                          std::span<const SharedHalf::Ask> asks) override {
    return calls_.call("hybrid read", [&] {
      std::vector<SharedHalf::Read> found;
      for (const SharedHalf::Ask& ask : asks) {
        found.push_back(store_.hybrid_.read(store_.cache_, cache, ask.key, ask.marks, store_.now));
      }
      return found;
    });
  }
  SharedHalf::Written write(const SharedHalf::Write& write) override {
    return calls_.call("hybrid write",
                       [&] { return store_.hybrid_.write(store_.cache_, write, store_.now); });
  }
  SharedHalf::Swept sweep(std::string_view cache, const std::string&) override {
    return calls_.call("hybrid sweep",
                       [&] { return store_.hybrid_.sweep(store_.cache_, cache, store_.now); });
  }
  Fingerprint origin() override { return {1}; }

 private:
  const MemoryCalls& calls_;
  MemoryStore& store_;
};

}  // namespace crier::testing
