// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace crier::cli {

// What --json prints. The members of an object stand in the order in which they were given.
using Json = nlohmann::ordered_json;

// `value` if it is known, else null.
template <class Value>
[[nodiscard]] Json or_null(bool known, const Value& value) {
  return known ? Json(value) : Json();
}

// `json` as one line. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] inline std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace crier::cli
