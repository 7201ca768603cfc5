// SPDX-License-Identifier: MIT
#include "cli/json_schema.hpp"

#include "app.hpp"
#include "command_tree.hpp"
#include "support/contents.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace crier::test {

namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

constexpr std::string_view kDefinitions = "#/definitions/";

// As a program of someone else's reads it. Null if there is no such definition.
const valijson::Schema* compiled(const std::string& definition) {
  static std::mutex mutex;
  static std::map<std::string, valijson::Schema> schemas;
  const std::lock_guard lock(mutex);
  const auto [found, is_new] = schemas.try_emplace(definition);
  if (is_new) {
    if (!json_schema()["definitions"].contains(definition)) {
      schemas.erase(found);
      return nullptr;
    }
    nlohmann::json document = json_schema();
    document["$ref"] = std::string(kDefinitions) + definition;
    valijson::SchemaParser().populateSchema(Adapter(document), found->second);
  }
  return &found->second;
}

std::string faults_of(const valijson::Schema& schema, const std::string& line) {
  const nlohmann::json value = nlohmann::json::parse(line, nullptr, false);
  if (value.is_discarded()) {
    return "this is no JSON";
  }
  valijson::ValidationResults results;
  valijson::Validator().validate(schema, Adapter(value), &results);
  std::string faults;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    for (const std::string& step : error.context) {
      faults += step;
    }
    faults += ": " + error.description + "\n";
  }
  return faults;
}

// Empty if its output is not to be JSON.
std::string definition_of(const Args& args) {
  static const cli::CommandInfo root = cli::command_tree();
  const cli::CommandInfo* command = &root;
  bool json = false;
  for (const std::string& arg : args) {
    if (arg == "--help" || arg == "-h" || arg == "--version") {
      return "";
    }
    json = json || arg == "--json";
    const cli::CommandInfo* const next = command->find({arg});
    command = next == nullptr ? command : next;
  }
  const std::string name = command->full_name('-');
  const bool is_text = command == &root || name == "crier-help" || name == "crier-completion";
  return json && !is_text ? name : "";
}

}  // namespace

const nlohmann::ordered_json& json_schema() {
  static const auto schema =
      nlohmann::ordered_json::parse(contents(source_file("docs/json.schema.json")));
  return schema;
}

const nlohmann::ordered_json& resolved(const nlohmann::ordered_json& schema) {
  return schema.contains("$ref")
             ? json_schema()["definitions"].at(
                   schema["$ref"].get<std::string>().substr(kDefinitions.size()))
             : schema;
}

std::string json_faults(const std::string& definition, const std::string& lines) {
  if (lines.empty()) {
    return "";
  }
  const valijson::Schema* const schema = compiled(definition);
  if (schema == nullptr) {
    return "docs/json.schema.json has no definition " + definition + ", nor has docs/json.md";
  }
  std::istringstream text(lines);
  for (std::string line; std::getline(text, line);) {
    if (const std::string faults = faults_of(*schema, line); !faults.empty()) {
      return "docs/json.schema.json, " + definition + ": " + faults + line;
    }
  }
  return "";
}

std::string printed_faults(const Args& args, const std::string& lines) {
  const std::string definition = definition_of(args);
  return definition.empty() ? "" : json_faults(definition, lines);
}

}  // namespace crier::test
