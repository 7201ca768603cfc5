// SPDX-License-Identifier: MIT
#include "trigger_list.hpp"

#include <crier/error.hpp>
#include <crier/instruction.hpp>

#include "arguments.hpp"
#include "json.hpp"

#include <sstream>

namespace crier::cli {

namespace {

Guid refresher_in(const std::string& text) {
  const Guid refresher = parse_guid("the refresher", text);
  if (refresher.empty() || is_reserved(refresher)) {
    throw usage_error("no refresher can bear this GUID");
  }
  return refresher;
}

ListedTriggers of_words(const std::string& line) {
  std::istringstream words(line);
  ListedTriggers triggers;
  std::string refresher;
  if (!(words >> triggers.table >> refresher)) {
    throw usage_error("write TABLE REFRESHER [COLUMN ...], or a JSON object");
  }
  triggers.refresher = refresher_in(refresher);
  for (std::string column; words >> column;) {
    triggers.id_columns.push_back(column);
  }
  return triggers;
}

ListedTriggers of_json(const std::string& line) {
  ListedTriggers triggers;
  std::string refresher;
  try {
    const Json object = Json::parse(line);
    for (const auto& [key, value] : object.items()) {
      if (key == "table") {
        value.get_to(triggers.table);
      } else if (key == "refresher") {
        value.get_to(refresher);
      } else if (key == "idColumns") {
        value.get_to(triggers.id_columns);
      } else if (key == "payload") {
        value.get_to(triggers.payload);
      } else if (key == "tag") {
        triggers.tag = value.get<std::string>();
      } else if (key == "name") {
        triggers.name = value.get<std::string>();
      } else {
        throw usage_error("known are table, refresher, idColumns, payload, tag and name");
      }
    }
  } catch (const Json::exception&) {
    throw usage_error("this is no JSON object of texts, an array of texts, and true or false");
  }
  triggers.refresher = refresher_in(refresher);
  if (triggers.table.empty()) {
    throw usage_error("the table has no name");
  }
  return triggers;
}

}  // namespace

std::vector<ListedTriggers> parse_trigger_list(std::string_view text) {
  std::vector<ListedTriggers> all;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::size_t begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos || line[begin] == '#') {
      continue;
    }
    try {
      all.push_back(line[begin] == '{' ? of_json(line) : of_words(line));
    } catch (const Error& error) {
      throw usage_error("--all-tables, line " + std::to_string(number) + ": " + error.what());
    }
  }
  if (all.empty()) {
    throw usage_error("--all-tables: the file names no table");
  }
  return all;
}

}  // namespace crier::cli
