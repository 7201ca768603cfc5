// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cached_region.hpp>
#include <crier/guid.hpp>

#include <cstdint>

namespace shop {

inline constexpr crier::Guid kProducts =
    crier::Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();

// Prices in cents by product id, read through to the table; each node has one.
using Products = crier::CachedRegion<std::int64_t, std::int64_t>;

}  // namespace shop
