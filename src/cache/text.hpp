// SPDX-License-Identifier: MIT
#pragma once

#include <crier/object_cache.hpp>

#include <string_view>
#include <typeinfo>

namespace crier {

// Throws an invalid_argument Error that names the cache, where `key` is not UTF-8 of 1 to
// kMaxCacheKeyBytes bytes.
void check_text_key(std::string_view key, std::string_view cache, const char* operation);

// Throws an invalid_argument Error where an entry of one type is asked for as another.
void check_type(const CacheType& is, const CacheType& asked, std::string_view key,
                std::string_view cache);

}  // namespace crier
