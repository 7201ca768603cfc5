// SPDX-License-Identifier: MIT
#include "product_table.hpp"

#include "products_in.hpp"

#include <string_view>

namespace shop {

std::unique_ptr<ProductTable> ProductTable::open(const std::string& store) {
#ifdef SHOP_HAS_POSTGRES
  if (store.starts_with("postgresql://")) {
    return products_in_postgres(store);
  }
#endif
  constexpr std::string_view kScheme = "sqlite:";
  return products_in_sqlite(store.starts_with(kScheme) ? store.substr(kScheme.size()) : store);
}

}  // namespace shop
