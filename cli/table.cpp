// SPDX-License-Identifier: MIT
#include "table.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace crier::cli {

std::size_t columns_of(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues_character));
}

std::vector<std::string> align(const std::vector<std::vector<Cell>>& rows, const Paint& paint) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], columns_of(row[i].text));
    }
  }
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Cell& cell = row[i];
      const std::string shown = cell.tone ? paint(*cell.tone, cell.text) : cell.text;
      const std::string blanks(widths[i] - columns_of(cell.text), ' ');
      line += (i == 0 ? "" : "  ") + (cell.to_the_right ? blanks + shown : shown);
      if (!cell.to_the_right && i + 1 < row.size()) {  // no blanks at the end of a line
        line += blanks;
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace crier::cli
