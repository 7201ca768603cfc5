// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace crier::cli {

// The text of a file in assets/, by its name; empty if there is none. Static text.
[[nodiscard]] std::string_view embedded_file(std::string_view name);

}  // namespace crier::cli
