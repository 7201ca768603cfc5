// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace crier::redis {

// Whether all keys that begin so are in one slot of a Redis Cluster, and so on one of its nodes:
// a Cluster looks at nothing but what stands in the first braces of a key.
[[nodiscard]] inline bool has_hash_tag(std::string_view prefix) {
  const std::size_t open = prefix.find('{');
  if (open == std::string_view::npos) {
    return false;
  }
  const std::size_t close = prefix.find('}', open);
  return close != std::string_view::npos && close != open + 1;
}

}  // namespace crier::redis
