// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crier::cli {

// `text` with everything made visible that a terminal might act upon: control characters, marks
// that turn the direction of writing, and bytes that are not UTF-8. What is longer than
// `max_bytes` is cut, and its size is told.
[[nodiscard]] std::string printable(std::string_view text,
                                    std::size_t max_bytes = std::string_view::npos);

// The same between quotes, for messages.
[[nodiscard]] std::string in_quotes(std::string_view text,
                                    std::size_t max_bytes = std::string_view::npos);

}  // namespace crier::cli
