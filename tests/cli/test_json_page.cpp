// SPDX-License-Identifier: MIT
// That docs/json.md says what docs/json.schema.json says.
#include "cli/json_schema.hpp"
#include "support/contents.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string>

namespace crier::test {
namespace {

using Json = nlohmann::ordered_json;

// How a type is called there.
std::string type_text(const Json& schema) {
  static const std::map<std::string, std::string> words{{"string", "text"},
                                                        {"integer", "whole number"},
                                                        {"boolean", "true or false"},
                                                        {"object", "object"}};
  if (schema.contains("$ref")) {
    const std::string target = schema["$ref"];
    const std::string name = target.substr(target.rfind('/') + 1);
    return "[" + name + "](#" + name + ")";
  }
  if (schema.contains("anyOf")) {
    return type_text(schema["anyOf"][0]) + " or null";
  }
  if (schema["type"].is_array()) {
    return words.at(schema["type"][0]) + " or null";
  }
  if (schema["type"] == "array") {
    return "list of " + type_text(schema["items"]) + "s";
  }
  std::string text = words.at(schema["type"]);
  for (const Json& one : schema.value("enum", Json::array())) {
    text += (text.ends_with('`') ? ", `" : ": `") + one.get<std::string>() + '`';
  }
  return text;
}

// A line for each member.
std::string table_rows(const Json& object, const std::string& prefix = "") {
  std::string rows;
  const Json& required = object["required"];
  for (const auto& [name, schema] : object["properties"].items()) {
    const bool always = std::find(required.begin(), required.end(), name) != required.end();
    rows += "| `" + prefix + name + "` | " + type_text(schema) + (always ? "" : ", or left out") +
            " | " + schema["description"].get<std::string>() + " |\n";
    if (schema.contains("anyOf") && schema["anyOf"][0].contains("properties")) {
      rows += table_rows(schema["anyOf"][0], name + ".");
    }
  }
  return rows;
}

std::string json_page() { return contents(source_file("docs/json.md")); }

// A definition's name, as titles have it: "crier cache get".
std::string name_of_title(std::string title) {
  title.erase(0, title.find_first_not_of("# "));
  std::ranges::replace(title, ' ', '-');
  return title;
}

// By the names of definitions.
std::map<std::string, std::string> json_sections() {
  std::map<std::string, std::string> sections;
  std::istringstream text(json_page());
  std::string name;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("##")) {
      name = name_of_title(line);
    }
    sections[name] += line + '\n';
  }
  return sections;
}

TEST_CASE("docs/json.md has a section for each definition, and its table says the same") {
  std::map<std::string, std::string> sections = json_sections();
  for (const auto& one : json_schema()["definitions"].items()) {
    const std::string& name = one.key();
    const Json& schema = one.value();
    CAPTURE(name);
    const std::string& section = sections[name];
    REQUIRE_FALSE(section.empty());
    for (const Json& object : schema.value("oneOf", Json::array({schema}))) {
      if (object.contains("properties")) {
        const std::string table = "| member | | |\n|---|---|---|\n" + table_rows(object);
        CHECK_MESSAGE(section.find(table + "\n") != std::string::npos, "the page lacks\n" << table);
      } else {
        const std::string link = type_text(object);
        CHECK_MESSAGE(section.find(link.substr(link.find("](#"))) != std::string::npos,
                      "the page has no link to " << link);
      }
    }
  }
}

TEST_CASE("the examples of docs/json.md are what its schema says") {
  std::size_t examples = 0;
  for (const auto& [name, section] : json_sections()) {
    for (std::size_t at = 0; (at = section.find("\n```json\n", at)) != std::string::npos;) {
      at += 9;
      const Json example = Json::parse(section.substr(at, section.find("\n```", at) - at));
      CHECK(json_faults(name, example.dump() + "\n") == "");
      ++examples;
    }
  }
  CHECK(examples > 20);
}

}  // namespace
}  // namespace crier::test
