// SPDX-License-Identifier: MIT
#pragma once

#include "prices.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <functional>
#include <string>

namespace shop {

// The application's own data: a table in the database that the nodes share. Used by one thread.
class ProductTable {
 public:
  static constexpr std::int64_t kCount = 200;

  // Makes the table with kCount products.
  static void create(const std::string& file);

  explicit ProductTable(const std::string& file);

  [[nodiscard]] std::int64_t price(std::int64_t id);
  [[nodiscard]] Prices all();
  // In one transaction, committed on return, in which `also` may write on connection().
  void set(
      const Prices& changes, const std::function<void()>& also = [] {});
  [[nodiscard]] SQLite::Database& connection() { return database_; }

 private:
  SQLite::Database database_;
};

}  // namespace shop
