// SPDX-License-Identifier: MIT
#include "store/sql/statement_file.hpp"

#include "base/ascii.hpp"

#include <cstddef>
#include <stdexcept>

namespace crier::sql {
namespace {

constexpr std::string_view kName = "-- name: ";
constexpr std::string_view kWithClock = " with clock";
constexpr std::string_view kClock = "clock";

bool is_part_of_word(char c) { return is_ascii_letter(c) || is_ascii_digit(c) || c == '_'; }

// Takes the first line off `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

StatementFile::StatementFile(std::string_view content) {
  std::string* current = nullptr;
  while (!content.empty()) {
    std::string_view line = take_line(content);
    if (line.starts_with(kName)) {
      line.remove_prefix(kName.size());
      const bool with_clock = line.ends_with(kWithClock);
      line.remove_suffix(with_clock ? kWithClock.size() : 0);
      const auto [place, is_new] =
          texts_.emplace(line, with_clock ? text(kClock) + '\n' : std::string());
      if (!is_new) {
        throw std::logic_error("two statements have the name " + std::string(line));
      }
      current = &place->second;
    } else if (current != nullptr && !line.starts_with("--")) {
      const bool is_last = line.ends_with(';');
      current->append(line.substr(0, line.size() - (is_last ? 1 : 0)));
      current->append(is_last ? "" : "\n");
      current = is_last ? nullptr : current;
    }
  }
}

const std::string& StatementFile::text(std::string_view name) const {
  const auto found = texts_.find(name);
  if (found == texts_.end()) {
    throw std::logic_error("there is no statement " + std::string(name));
  }
  return found->second;
}

std::string with_word(std::string_view text, std::string_view word, std::string_view replacement) {
  std::string result;
  for (std::size_t found = 0; (found = text.find(word)) != std::string_view::npos;) {
    const std::size_t end = found + word.size();
    const bool is_whole = (found == 0 || !is_part_of_word(text[found - 1])) &&
                          (end == text.size() || !is_part_of_word(text[end]));
    result.append(text.substr(0, found)).append(is_whole ? replacement : word);
    text.remove_prefix(end);
  }
  return result.append(text);
}

std::string with_prefix(std::string_view text, std::string_view beginning,
                        std::string_view prefix) {
  std::string result;
  for (std::size_t found = 0; (found = text.find(beginning)) != std::string_view::npos;) {
    const std::size_t end = found + beginning.size();
    const bool begins_word = (found == 0 || !is_part_of_word(text[found - 1])) &&
                             end < text.size() && text[end] >= 'A' && text[end] <= 'Z';
    result.append(text.substr(0, found)).append(begins_word ? prefix : "").append(beginning);
    text.remove_prefix(end);
  }
  return result.append(text);
}

}  // namespace crier::sql
