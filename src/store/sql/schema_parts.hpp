// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crier::sql {

// One statement of schema/: what it makes, and where.
struct SchemaPart {
  enum class Kind : std::uint8_t { table, index, function, trigger, row, right };
  Kind kind = Kind::table;
  std::string name;  // of a row: its table's
  std::string sql;
};

// The statements of a file of schema/, in order, without their comments. Throws std::logic_error if
// it can't tell what one makes.
[[nodiscard]] std::vector<SchemaPart> schema_parts(std::string_view script);

// What stands in the first parentheses of a statement, split at its commas, without comments.
// `rest` is what follows them.
[[nodiscard]] std::vector<std::string> elements_of(std::string_view sql,
                                                   std::string_view* rest = nullptr);

}  // namespace crier::sql
