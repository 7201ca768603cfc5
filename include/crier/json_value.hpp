// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

#include <concepts>

namespace crier {

/// A type that travels as JSON: nlohmann/json finds `to_json` and `from_json` for it, as with
/// NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE, and can make one to read into. They must have been declared
/// where the type is first used as one.
template <class T>
concept JsonValue = std::constructible_from<nlohmann::json, const T&> &&
    requires(const nlohmann::json& json) {
  json.template get<T>();
};

}  // namespace crier
