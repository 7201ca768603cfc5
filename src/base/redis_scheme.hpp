// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace crier {

// Whether a URL names Redis, whatever the way to it: redis:, rediss:, redis+unix:, …
[[nodiscard]] inline bool is_redis_url(std::string_view url) {
  const std::string_view scheme = url.substr(0, url.find(':'));
  return scheme.size() < url.size() &&
         (scheme == "redis" || scheme == "rediss" || scheme.starts_with("redis+") ||
          scheme.starts_with("rediss+"));
}

}  // namespace crier
