// SPDX-License-Identifier: MIT
#pragma once

#include "print.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

struct Cell {
  std::string text;
  std::optional<Tone> tone = {};
  bool to_the_right = false;  // as numbers stand
};

// How many columns of a terminal `text` takes, where each of its characters takes one.
[[nodiscard]] std::size_t columns_of(std::string_view text);

// Lines whose cells stand below each other, two blanks apart.
[[nodiscard]] std::vector<std::string> align(const std::vector<std::vector<Cell>>& rows,
                                             const Paint& paint);

}  // namespace crier::cli
