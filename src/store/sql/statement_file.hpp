// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace crier::sql {

// The statements of a dialect, by name: a file of statements/, which is embedded when crier is
// built.
class StatementFile {
 public:
  // Reads "-- name: x" and "-- name: x with clock" as statements/sqlite.sql tells. Throws
  // std::logic_error if a name comes twice, or there is no clock.
  explicit StatementFile(std::string_view content);

  // The statement's text; lives as long as this. Throws std::logic_error if there is none.
  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const {
    return texts_;
  }

 private:
  std::map<std::string, std::string, std::less<>> texts_;
};

// `text` with `replacement` for each `word` in it that is no part of a longer word.
[[nodiscard]] std::string with_word(std::string_view text, std::string_view word,
                                    std::string_view replacement);
// `text` with `prefix` before each word in it that begins with `beginning` and a capital letter.
[[nodiscard]] std::string with_prefix(std::string_view text, std::string_view beginning,
                                      std::string_view prefix);

}  // namespace crier::sql
