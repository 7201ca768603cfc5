// PayloadCacheRefresher<P>: P needs to_json() and from_json() of nlohmann/json
// SPDX-License-Identifier: MIT
#include <crier/payload_refresher.hpp>

struct Price {};

struct PriceRefresher : crier::PayloadCacheRefresher<Price> {};

crier::Guid id_of(const PriceRefresher& refresher) { return refresher.id(); }
