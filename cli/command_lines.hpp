// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// A command line for a shell in lines of at most `width` bytes: all but the last end with a
// backslash, all but the first are indented by four blanks. It breaks before an option, or a bar,
// that is not in single quotes.
[[nodiscard]] std::vector<std::string> wrap_command(std::string_view command, std::size_t width);

}  // namespace crier::cli
