// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

// The words of which the URLs of stores and caches are made.
namespace crier {

// With %XX for what it stands for; a percent sign that begins no escape means itself.
[[nodiscard]] std::string decoded(std::string_view text);
// With %XX for each of the `special` characters.
[[nodiscard]] std::string escaped(std::string_view text, std::string_view special);
// A part of a URL that means the same, and fits in a line of text: control characters as escapes.
[[nodiscard]] std::string on_one_line(std::string_view text);
// 200ms, 2s or 1m; what is too long to count is milliseconds::max(). Throws an invalid_argument
// Error where it is something else.
[[nodiscard]] std::chrono::milliseconds duration_in_url(std::string_view text);

}  // namespace crier
