// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include <nlohmann/json.hpp>

#include <utility>

namespace crier {
namespace {

// The members of an object stand in the order in which they were given.
using EntryJson = nlohmann::ordered_json;

std::string line_of(const EntryJson& json) {
  return json.dump(-1, ' ', false, EntryJson::error_handler_t::replace);
}

// Appends what an instruction orders to an object.
void add(EntryJson& json, const Instruction& instruction) {
  json["refresher"] = instruction.refresher.to_string();
  json["type"] = to_string(instruction.type);
  switch (instruction.type) {
    case RefreshType::refresh_all:
      break;
    case RefreshType::refresh_by_guid:
      json["guid"] = instruction.guid.to_string();
      break;
    case RefreshType::refresh_by_id:
    case RefreshType::remove_by_id:
      json["id"] = instruction.id;
      break;
    case RefreshType::refresh_by_ids:
      json["ids"] = instruction.ids;
      break;
    case RefreshType::refresh_by_json:
      json["payload"] = instruction.payload;
      break;
  }
}

}  // namespace

bool is_json(std::string_view text) {
  // To the parser a NUL is the end of the text, whatever follows it.
  return text.find('\0') == std::string_view::npos && nlohmann::json::accept(text);
}

std::string json_string(std::string_view text) { return line_of(EntryJson(text)); }

std::string to_json(const Entry& entry) {
  const Decoded decoded = decode(entry.json_instruction);
  EntryJson instructions = EntryJson::array();
  for (const Instruction& instruction : decoded.instructions) {
    add(instructions.emplace_back(EntryJson::object()), instruction);
  }
  EntryJson json = {{"id", entry.id.value},
                    {"utcStamp", entry.utc_stamp},
                    {"originated", entry.originated},
                    {"instructionCount", entry.instruction_count},
                    {"instructions", std::move(instructions)}};
  for (const Guid& refresher : decoded.chain) {
    json["chain"].push_back(refresher.to_string());
  }
  for (const DecodeProblem& problem : decoded.problems) {
    json["problems"].push_back(problem.what);
  }
  return line_of(json);
}

std::string to_json(const Instruction& instruction) {
  EntryJson json;
  add(json, instruction);
  return line_of(json);
}

std::string to_json(const Instruction& instruction, const Source& source) {
  EntryJson json = {{"entry", source.entry.value}};
  add(json, instruction);
  json["originated"] = source.originated;
  return line_of(json);
}

std::string to_json(const Resync& resync) {
  return line_of({{"resync", to_string(resync.reason)}, {"entry", resync.entry.value}});
}

}  // namespace crier
