// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace crier::cli {

// The value of an argument such as 200ms, 5m or 1h30m. Throws a usage error that names the argument
// `name` and repeats `text` where it is something else, or longer than a century.
[[nodiscard]] std::chrono::milliseconds parse_duration(std::string_view name,
                                                       std::string_view text);

// A duration in people's units: "12 ms", "3.4 s", "5 m 12 s", "3 h 5 m", "2 d 4 h". Never rounded
// up; one below zero, which takes a clock that was set back, is "0 ms".
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);

}  // namespace crier::cli
