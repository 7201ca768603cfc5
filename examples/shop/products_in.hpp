// SPDX-License-Identifier: MIT
#pragma once

#include "product_table.hpp"

#include <memory>
#include <string>

// A file for each database that the table can be in.
namespace shop {

[[nodiscard]] std::unique_ptr<ProductTable> products_in_sqlite(const std::string& file);
[[nodiscard]] std::unique_ptr<ProductTable> products_in_postgres(const std::string& url);

}  // namespace shop
