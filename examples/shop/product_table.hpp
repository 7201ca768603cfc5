// SPDX-License-Identifier: MIT
#pragma once

#include <crier/distributed_cache.hpp>

#include "prices.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace shop {

// The application's own data: a table in the database that the nodes share. Used by one thread.
class ProductTable {
 public:
  static constexpr std::int64_t kCount = 200;
  // Puts the news of a change into a batch.
  using News = std::function<void(crier::Collector& batch)>;

  // In the database that `store`, as crier takes it, names.
  static std::unique_ptr<ProductTable> open(const std::string& store);
  virtual ~ProductTable() = default;

  // Makes the table with kCount products.
  virtual void create() = 0;
  [[nodiscard]] virtual std::int64_t price(std::int64_t id) = 0;
  [[nodiscard]] virtual Prices all() = 0;
  // The data and the news in one transaction: a process that dies meanwhile leaves both or neither.
  // The id of the entry.
  virtual crier::EntryId change(const Prices& changes, crier::DistributedCache& cache,
                                const News& news) = 0;
};

}  // namespace shop
