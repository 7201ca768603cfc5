// SPDX-License-Identifier: MIT
#pragma once

// How the values of a HybridCache become bytes.

#include <crier/export.hpp>
#include <crier/json_value.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace crier {

/// How a value travels to the shared half and back: as any bytes. Both are called on many threads
/// at once, under no lock, and may throw anything. What `encode` throws becomes an invalid_argument
/// Error that names the key: set() throws it before anything is done, and of a value that a factory
/// has made it is a failed fill. What `decode` does not take is of no use, and made anew.
template <class Value>
struct HybridCodec {
  std::function<std::string(const Value&)> encode;  ///< a value as bytes
  std::function<Value(std::string_view)> decode;    ///< the value of such bytes
};

/// JSON, by nlohmann's to_json and from_json.
template <class Value>
[[nodiscard]] HybridCodec<Value> json_codec() {
  static_assert(JsonValue<Value>,
                "HybridCache<Value>: Value needs to_json() and from_json() of nlohmann/json, or "
                "give the cache a HybridCodec");
  if constexpr (JsonValue<Value>) {
    return {.encode = [](const Value& value) { return nlohmann::json(value).dump(); },
            .decode =
                [](std::string_view text) {
                  return nlohmann::json::parse(text).template get<Value>();
                }};
  }
}

namespace detail {

// Throws an invalid_argument Error that tells what the exception in flight says.
[[noreturn]] CRIER_EXPORT void refuse_encoding(std::string_view cache, std::string_view key);
// Throws one unless it is whole.
CRIER_EXPORT void check_codec(std::string_view cache, bool encodes, bool decodes);

}  // namespace detail
}  // namespace crier
