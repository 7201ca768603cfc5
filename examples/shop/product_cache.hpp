// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>
#include <crier/refresher.hpp>

#include "prices.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>

namespace shop {

// A read-through cache of prices. Thread-safe.
class ProductCache {
 public:
  using Load = std::function<std::int64_t(std::int64_t id)>;

  // From the cache, else through `load`, which runs on the calling thread and under no lock.
  [[nodiscard]] std::int64_t price(std::int64_t id, const Load& load);
  void evict(std::int64_t id);
  void evict_all();
  // What is cached now.
  [[nodiscard]] Prices cached() const;

 private:
  mutable std::mutex mutex_;
  Prices prices_;
  std::uint64_t evictions_ = 0;
};

inline constexpr crier::Guid kProducts =
    crier::Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();

// What crier calls when a product has changed, here or on another node.
class ProductRefresher final : public crier::CacheRefresher {
 public:
  explicit ProductRefresher(ProductCache& cache) : cache_(cache) {}

  [[nodiscard]] crier::Guid id() const override { return kProducts; }
  [[nodiscard]] std::string_view name() const override { return "ProductRefresher"; }
  void refresh_all() override { cache_.evict_all(); }
  void refresh(std::int64_t id) override { cache_.evict(id); }
  void refresh(const crier::Guid&) override { cache_.evict_all(); }
  void remove(std::int64_t id) override { cache_.evict(id); }

 private:
  ProductCache& cache_;
};

}  // namespace shop
