// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>

#include <string_view>

namespace crier {

// Reads whatever stands in a row, in any of Umbraco's forms, and says what is wrong in it.
[[nodiscard]] Decoded read_any_row(std::string_view text);

}  // namespace crier
