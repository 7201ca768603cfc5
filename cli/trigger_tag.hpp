// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// A tag of a hybrid cache with columns of the row that it names: "product:{id}".
class TriggerTag {
 public:
  // Throws a usage error if braces don't match, or it is empty.
  explicit TriggerTag(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  // The tag of a row, as SQL that both databases take. `value` gives the text of a column.
  [[nodiscard]] std::string sql(
      const std::function<std::string(const std::string& column)>& value) const;

 private:
  std::string text_;
  std::vector<std::string> texts_;  // before, between and after the columns
  std::vector<std::string> columns_;
};

}  // namespace crier::cli
