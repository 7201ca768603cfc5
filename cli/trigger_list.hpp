// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// Triggers that a file asks for.
struct ListedTriggers {
  std::string table;
  Guid refresher;
  std::vector<std::string> id_columns;  // empty: those of the primary key
  bool payload = false;
  std::optional<std::string> tag = {};
  std::optional<std::string> name;
};

// Reads such a file. Each line is TABLE REFRESHER [COLUMN ...], parted by spaces, with the columns
// of the key; or a JSON object with "table", "refresher" and, if wanted, "idColumns", "payload",
// "tag" and "name". Empty lines, and those that begin with #, say nothing. Throws a usage error
// that names the line.
[[nodiscard]] std::vector<ListedTriggers> parse_trigger_list(std::string_view text);

}  // namespace crier::cli
