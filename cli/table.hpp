// SPDX-License-Identifier: MIT
#pragma once

#include "print.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// What a table fits unless it is to be wide.
inline constexpr std::size_t kTerminalColumns = 80;

struct Cell {
  std::string text;
  std::optional<Tone> tone = {};
  bool to_the_right = false;  // as numbers stand
};

// How many columns of a terminal `text` takes, where each of its characters takes one.
[[nodiscard]] std::size_t columns_of(std::string_view text);

// `text` in at most so many columns: what is cut off is shown by "…" at its end.
[[nodiscard]] std::string cut(std::string_view text, std::size_t columns);

// The same of text that Paint may have coloured.
[[nodiscard]] std::string cut_painted(std::string_view text, std::size_t columns);

// `text` in lines of at most so many columns, broken between words. A word that is longer has a
// line of its own. At least one line.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t columns);

// Cuts the texts in these columns, the widest first, so that the lines that align() makes of `rows`
// fit a terminal: each where it differs from the others in its column, as NameCut does.
void fit(std::vector<std::vector<Cell>>& rows, const std::vector<std::size_t>& columns);

// Lines whose cells stand below each other, two blanks apart.
[[nodiscard]] std::vector<std::string> align(const std::vector<std::vector<Cell>>& rows,
                                             const Paint& paint);

}  // namespace crier::cli
