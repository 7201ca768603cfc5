// SPDX-License-Identifier: MIT
#pragma once

#include "cache/redis/redis_client.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::redis {

// Walks over the entries of the client's cache whose keys begin with `prefix`, and deletes them if
// `deletes`. `visit` gets pages of keys, without the cache's own prefix, until it returns false.
// Each page takes no longer than the deadline. A key may come twice.
void walk_keys(Client& client, const char* operation, std::string_view prefix, bool deletes,
               const std::function<bool(const std::vector<std::string>& page)>& visit);

// What SCAN takes for the keys that begin with `prefix`, whatever stands in it.
[[nodiscard]] std::string scan_pattern(std::string_view prefix);

}  // namespace crier::redis
