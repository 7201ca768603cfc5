// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/schema_parts.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::sql {

// One thing that schema/ says and a database can be asked: that a column is there with its type,
// how a function reads.
struct SchemaFact {
  enum class Kind : std::uint8_t { table, column, key, check, index, function, trigger };
  Kind kind = Kind::table;
  std::string what;   // "the column crierPending.number"
  std::string value;  // as plain_words() gives it
  std::string table;  // whose part it is; of a table and an index its own name
  std::string name;   // of a column or a trigger
  std::string sql;    // what makes it; of a column, a key or a check what ADD takes
};

// By `what` in lower case: the value.
using FoundFacts = std::map<std::string, std::string>;

struct SchemaFault {
  SchemaFact fact;
  std::optional<std::string> found;  // nullopt: it is gone
};

// In lower case, without the quotes of names, and with one blank for all white space.
[[nodiscard]] std::string plain_words(std::string_view sql);

// A table's facts, by its name and the statement that makes it.
[[nodiscard]] std::vector<SchemaFact> table_facts(const std::string& name, const std::string& sql);
// In the order in which they can be mended.
[[nodiscard]] std::vector<SchemaFact> schema_facts(const std::vector<SchemaPart>& parts);

// What does not hold. What else is there is nobody's business: somebody's own columns and indexes.
[[nodiscard]] std::vector<SchemaFault> schema_faults(const std::vector<SchemaFact>& expected,
                                                     const FoundFacts& found);
// "the column crierLog.newest is gone"
[[nodiscard]] std::string sentence_of(const SchemaFault& fault);

// Whether a row can't be made without a value of the column.
[[nodiscard]] bool needs_value(const SchemaFact& column);

}  // namespace crier::sql
