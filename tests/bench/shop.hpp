// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/guid.hpp>
#include <crier/node.hpp>
#include <crier/refresher.hpp>

#include "support/temp_dir.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// What is measured: databases, and nodes whose refreshers do nothing.
namespace crier::bench {

inline constexpr Guid kProducts = Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();

class Products : public CacheRefresher {
 public:
  [[nodiscard]] Guid id() const override { return kProducts; }
  [[nodiscard]] std::string_view name() const override { return "products"; }
  void refresh_all() override {}
  void refresh(std::int64_t) override {}
  void refresh(const Guid&) override {}
  void remove(std::int64_t) override {}
};

// A database with crier's tables and no rows, in a folder of its own.
class Shop {
 public:
  Shop();
  [[nodiscard]] std::string path() const { return (dir_ / "shop.db").string(); }
  [[nodiscard]] std::string url() const { return "sqlite:" + path(); }

 private:
  test::TempDir dir_;
};

// Started, with the default options.
[[nodiscard]] std::unique_ptr<Node> start_node(
    const std::string& url, const std::string& name,
    std::shared_ptr<CacheRefresher> refresher = std::make_shared<Products>());

// What cache().refresh(kProducts, id) appends.
[[nodiscard]] NewEntry entry_of(std::int64_t id, const std::string& originated);

}  // namespace crier::bench
