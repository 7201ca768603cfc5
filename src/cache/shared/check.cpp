// SPDX-License-Identifier: MIT
#include "cache/shared/check.hpp"

#include <crier/error.hpp>

#include "base/utf8.hpp"

#include <limits>
#include <string>

namespace crier {
namespace {

void require(bool holds, const char* operation, const std::string& what) {
  if (!holds) {
    throw Error(operation, what, Error::Kind::invalid_argument);
  }
}

}  // namespace

void check_key(const char* operation, std::string_view key) {
  require(!key.empty(), operation, "a key of the shared cache is empty: 1 byte at the least");
  if (key.size() > SharedCache::kMaxKeyBytes) {
    require(false, operation,
            "a key of the shared cache is " + std::to_string(key.size()) +
                " bytes long: " + std::to_string(SharedCache::kMaxKeyBytes) + " at the most");
  }
  require(is_utf8(key), operation, "a key of the shared cache is not UTF-8");
}

void check_keys(const char* operation, std::span<const std::string> keys) {
  for (const std::string& key : keys) {
    check_key(operation, key);
  }
}

void check_prefix(const char* operation, std::string_view prefix) {
  if (!prefix.empty()) {
    check_key(operation, prefix);
  }
}

void check_size_of(const char* operation, std::size_t bytes, const SharedCacheOptions& options) {
  if (bytes > options.max_value_bytes) {
    require(false, operation,
            "a value for the shared cache is " + std::to_string(bytes) +
                " bytes long, and max_value_bytes is " + std::to_string(options.max_value_bytes));
  }
}

void check_value(const char* operation, std::string_view value, const SharedCacheOptions& options) {
  check_size_of(operation, value.size(), options);
}

void check_options(const SharedCacheOptions& options) {
  // What SQLite, and Redis by itself, can hold.
  constexpr std::size_t kMost = 512UL * 1024 * 1024;
  require(options.max_value_bytes >= 1 && options.max_value_bytes <= kMost, "configure",
          "shared_cache.max_value_bytes is " + std::to_string(options.max_value_bytes) + ": 1 to " +
              std::to_string(kMost));
  require(!options.default_sliding || options.default_sliding->count() > 0, "configure",
          "shared_cache.default_sliding is not above 0; leave it empty for entries that stay");
  constexpr std::size_t kMostSessions = 1000;
  require(options.max_sessions >= 1 && options.max_sessions <= kMostSessions, "configure",
          "shared_cache.max_sessions is " + std::to_string(options.max_sessions) + ": 1 to " +
              std::to_string(kMostSessions));
}

SharedExpiry checked(const char* operation, const SharedExpiry& expiry,
                     const SharedCacheOptions& options) {
  require(!expiry.after || expiry.after->count() > 0, operation,
          "the time after which an entry is to expire is not above 0");
  require(!expiry.sliding || expiry.sliding->count() > 0, operation,
          "the sliding time of an entry is not above 0");
  SharedExpiry used = expiry;
  if (!used.at && !used.after && !used.sliding) {
    used.sliding = options.default_sliding;
  }
  return used;
}

}  // namespace crier
