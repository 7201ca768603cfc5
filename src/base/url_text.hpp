// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

// The words of which the URLs of stores and caches are made.
namespace crier {

// `text` with the bytes that its escapes (%20) stand for. A percent sign that begins no escape
// stands for itself.
[[nodiscard]] std::string decoded(std::string_view text);

// `text` with escapes in place of the characters in `special`.
[[nodiscard]] std::string escaped(std::string_view text, std::string_view special);

// A part of a URL that means the same, and fits in a line: it has escapes in place of control
// characters.
[[nodiscard]] std::string on_one_line(std::string_view text);

// A word that a URL gives as some value, for a message: " 'soon'". Nothing if it holds more than a
// word of such a value would: it may be the rest of another system's connection string.
[[nodiscard]] std::string shown_value(std::string_view text);

// The duration that a URL gives as its deadline; milliseconds::max() if it is too long to count.
// Throws an invalid_argument Error if it is none.
[[nodiscard]] std::chrono::milliseconds duration_in_url(std::string_view text);

}  // namespace crier
