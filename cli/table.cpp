// SPDX-License-Identifier: MIT
#include "table.hpp"

#include "base/utf8.hpp"
#include "name_cut.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace crier::cli {

namespace {

constexpr std::size_t kBetween = 2;  // blanks, between two columns

std::vector<std::size_t> widths_of(const std::vector<std::vector<Cell>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], columns_of(row[i].text));
    }
  }
  return widths;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, continues_character));
}

std::string cut(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) {
    return std::string(text);
  }
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end) {
    if (!continues_character(text[end]) && seen++ == columns - 1) {
      break;
    }
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string cut_painted(std::string_view text, std::size_t columns) {
  std::string plain;
  std::vector<std::pair<std::size_t, std::string_view>> colours;  // each before that byte of plain
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t escape = std::min(text.find('\x1b', at), text.size());
    plain += text.substr(at, escape - at);
    const std::size_t end = std::min(text.find('m', escape), text.size() - 1) + 1;
    if (escape < text.size()) {
      colours.emplace_back(plain.size(), text.substr(escape, end - escape));
    }
    at = escape < text.size() ? end : escape;
  }
  std::string shown = cut(plain, columns);
  // What was set behind the cut goes to the end: the last of it sets the colour back.
  const std::size_t kept =
      shown == plain ? plain.size() : shown.size() - std::string_view("…").size();
  std::size_t inserted = 0;
  for (const auto& [at, colour] : colours) {
    shown.insert(at <= kept ? at + inserted : shown.size(), colour);
    inserted += colour.size();
  }
  return shown;
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    std::string& line = lines.back();
    if (line.empty()) {
      line = word;
    } else if (columns_of(line) + 1 + columns_of(word) <= columns) {
      line.append(" ").append(word);
    } else {
      lines.emplace_back(word);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

void fit(std::vector<std::vector<Cell>>& rows, const std::vector<std::size_t>& columns) {
  std::vector<std::size_t> widths = widths_of(rows);
  std::size_t all = std::accumulate(widths.begin(), widths.end(), kBetween * (widths.size() - 1));
  while (all > kTerminalColumns) {
    std::size_t& widest = widths.at(
        *std::ranges::max_element(columns, {}, [&](std::size_t i) { return widths.at(i); }));
    if (widest == 1) {
      break;
    }
    --widest;
    --all;
  }
  for (const std::size_t i : columns) {
    std::vector<std::string> texts;
    for (const auto& row : rows) {
      texts.push_back(row.at(i).text);
    }
    const NameCut name_cut(std::move(texts), widths[i]);
    for (auto& row : rows) {
      row.at(i).text = name_cut(row.at(i).text);
    }
  }
}

std::vector<std::string> align(const std::vector<std::vector<Cell>>& rows, const Paint& paint) {
  const std::vector<std::size_t> widths = widths_of(rows);
  std::vector<std::string> lines;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Cell& cell = row[i];
      const std::string shown = cell.tone ? paint(*cell.tone, cell.text) : cell.text;
      const std::string blanks(widths[i] - columns_of(cell.text), ' ');
      line +=
          std::string(i == 0 ? 0 : kBetween, ' ') + (cell.to_the_right ? blanks + shown : shown);
      if (!cell.to_the_right && i + 1 < row.size()) {  // no blanks at the end of a line
        line += blanks;
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace crier::cli
