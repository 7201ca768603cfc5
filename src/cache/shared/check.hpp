// SPDX-License-Identifier: MIT
#pragma once

#include <crier/shared_cache.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace crier {

// What every SharedCache refuses. Each throws an invalid_argument Error of `operation`.
void check_key(const char* operation, std::string_view key);
void check_keys(const char* operation, std::span<const std::string> keys);
// The beginning of a key, which may be empty.
void check_prefix(const char* operation, std::string_view prefix);
void check_size_of(const char* operation, std::size_t bytes, const SharedCacheOptions& options);
void check_value(const char* operation, std::string_view value, const SharedCacheOptions& options);
void check_options(const SharedCacheOptions& options);

// With the default where nothing is given. Throws where a duration is not above 0.
[[nodiscard]] SharedExpiry checked(const char* operation, const SharedExpiry& expiry,
                                   const SharedCacheOptions& options);

// So many keys are asked for at once.
inline constexpr std::size_t kKeysInAPage = 200;

// For the error of a call that found no session free: see none_came_free().
[[nodiscard]] inline std::string session_of(const std::string& name) {
  return "session of the shared cache in " + name;
}
inline constexpr const char* kMoreSessions = "try again, or raise shared_cache.max_sessions";

}  // namespace crier
