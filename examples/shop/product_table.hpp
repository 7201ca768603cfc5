// SPDX-License-Identifier: MIT
#pragma once

#include <crier/distributed_cache.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace shop {

// The application's own data: a table in the database that the nodes share. Used by one thread.
class ProductTable {
 public:
  static constexpr std::int64_t kCount = 1000;
  static constexpr std::int64_t kFirstPrice = 1000;  // in cents, of each product

  using Prices = std::map<std::int64_t, std::int64_t>;  // by product id
  // Is told the new price, right after the COMMIT.
  using Committed = std::function<void(std::int64_t price)>;
  // Who is to hear of a change (null: nobody), and what is put into the batch.
  struct News {
    crier::DistributedCache* cache;
    std::function<void(crier::Collector& batch)> tell;
  };

  // In the database that `store`, as crier takes it, names.
  static std::unique_ptr<ProductTable> open(const std::string& store);
  virtual ~ProductTable() = default;

  // Makes the table with kCount products.
  virtual void create() = 0;
  [[nodiscard]] virtual std::int64_t price(std::int64_t id) = 0;
  [[nodiscard]] virtual Prices all() = 0;
  // Makes a product a cent dearer. The change and the news of it are one transaction: a process
  // that dies meanwhile leaves both or neither. The id of the entry; 0 without news.
  virtual crier::EntryId raise(std::int64_t id, const News& news, const Committed& committed) = 0;
};

}  // namespace shop
