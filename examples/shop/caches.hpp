// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cached_region.hpp>
#include <crier/guid.hpp>
#include <crier/hybrid_cache.hpp>
#include <crier/registry.hpp>
#include <crier/shared_cache.hpp>

#include <cstdint>
#include <string>

namespace shop {

inline constexpr crier::Guid kProducts =
    crier::Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();
inline constexpr crier::Guid kPages =
    crier::Guid::parse("3d1c8f0a-52a4-4f0e-9c3b-6f5d2b7a8e19").value();

[[nodiscard]] inline std::string page_of(std::int64_t id, std::int64_t price) {
  return "<h1>Product " + std::to_string(id) + "</h1><p>" + std::to_string(price) + " cents</p>";
}

// What each process of the shop caches.
struct Caches {
  // Pages are shared through the database `store`.
  explicit Caches(const std::string& store)
      : pages(refreshers, kPages, "pages", crier::open_shared_cache(store)) {}

  // The news of a change of the product: its price, and the page that shows it.
  void changed(std::int64_t id, crier::Collector& batch) const {
    products.changed(id, batch);
    pages.remove(std::to_string(id), batch);
  }

  crier::Registry refreshers;
  // Prices in cents by product id, read through to the table; each node has its own.
  crier::CachedRegion<std::int64_t, std::int64_t> products{refreshers, kProducts, "products"};
  // What one node has made, the others take from the shared cache.
  crier::HybridCache<std::string> pages;
};

}  // namespace shop
