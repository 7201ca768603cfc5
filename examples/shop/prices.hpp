// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>

namespace shop {

// Prices in cents by product id.
using Prices = std::map<std::int64_t, std::int64_t>;

}  // namespace shop
