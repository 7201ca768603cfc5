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

// A page of SCAN: where the next begins ("0": this was the last), and what may be an entry of the
// client's cache, without the cache's own prefix.
struct ScanPage {
  std::string cursor;
  std::vector<std::string> keys;
};
[[nodiscard]] ScanPage scan(Client& client, const char* operation, std::string_view cursor,
                            std::string_view pattern);

// `text` within a pattern of SCAN's, in which it stands for itself.
[[nodiscard]] std::string in_scan_pattern(std::string_view text);
// What SCAN takes for the keys that begin with `prefix`, whatever stands in it.
[[nodiscard]] std::string scan_pattern(std::string_view prefix);

}  // namespace crier::redis
