// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// The names and places of a JSON pointer, as /items/0/id has three. Throws a usage error that names
// the argument `name` if `text` is no pointer.
[[nodiscard]] std::vector<std::string> parse_pointer(std::string_view name, std::string_view text);

// What is asked of the values of a JSON document.
struct ValueTest {
  std::function<bool(std::string_view)> text;  // of strings, and of numbers as they are written
  std::function<bool(std::int64_t)> number;    // of whole numbers
};

// Whether a value at `pointer`, or in what stands there, passes the test; if the document is an
// array, also one at `pointer` of its items. Names of members are no values. What is no JSON is one
// text. However deep it is nested, this takes no stack.
[[nodiscard]] bool holds_value(const std::string& json, const std::vector<std::string>& pointer,
                               const ValueTest& test);

}  // namespace crier::cli
