// SPDX-License-Identifier: MIT
#pragma once

// Values of a SharedCache as JSON, through nlohmann's to_json and from_json.

#include <crier/error.hpp>
#include <crier/json_value.hpp>
#include <crier/shared_cache.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace crier {

/// The text that set_json() stores. Throws an invalid_argument Error if it can't be written, as
/// for a string that is not UTF-8.
template <class T>
[[nodiscard]] std::string to_shared_json(std::string_view key, const T& value) {
  static_assert(JsonValue<T>, "a shared value needs to_json() and from_json() of nlohmann/json");
  try {
    if constexpr (JsonValue<T>) {
      return nlohmann::json(value).dump();
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error(
        "set", "the value for '" + std::string(key) + "' can't be written as JSON: " + error.what(),
        Error::Kind::invalid_argument);
  }
}

/// Throws an Error if `text` is no JSON, or not of a T.
template <class T>
[[nodiscard]] T from_shared_json(std::string_view key, std::string_view text) {
  static_assert(JsonValue<T>, "a shared value needs to_json() and from_json() of nlohmann/json");
  try {
    if constexpr (JsonValue<T>) {
      return nlohmann::json::parse(text).get<T>();
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error("get", "the value of '" + std::string(key) +
                           "' in the shared cache can't be read: " + error.what());
  }
}

/// Stores it as JSON. Throws as SharedCache::set() does.
template <class T>
void set_json(SharedCache& cache, std::string_view key, const T& value,
              const SharedExpiry& expiry = {}) {
  cache.set(key, to_shared_json(key, value), expiry);
}

/// Nothing if the key has no value; throws as from_shared_json() does.
template <class T>
[[nodiscard]] std::optional<T> get_json(SharedCache& cache, std::string_view key) {
  const std::optional<std::string> text = cache.get(key);
  return text ? std::optional<T>(from_shared_json<T>(key, *text)) : std::nullopt;
}

}  // namespace crier
