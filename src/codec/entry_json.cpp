// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "codec/text.hpp"

#include <nlohmann/json.hpp>

namespace crier {
namespace {

// The members of an instruction's object, without its braces.
std::string members(const Instruction& instruction) {
  std::string out = "\"refresher\":\"" + instruction.refresher.to_string() + "\",\"type\":\"";
  out += to_string(instruction.type);
  out += '"';
  switch (instruction.type) {
    case RefreshType::refresh_all:
      break;
    case RefreshType::refresh_by_guid:
      out += ",\"guid\":\"" + instruction.guid.to_string() + '"';
      break;
    case RefreshType::refresh_by_id:
    case RefreshType::remove_by_id:
      out += ",\"id\":" + std::to_string(instruction.id);
      break;
    case RefreshType::refresh_by_ids:
      out += ",\"ids\":";
      append_ids(out, instruction.ids);
      break;
    case RefreshType::refresh_by_json:
      out += ",\"payload\":" + json_string(instruction.payload);
      break;
  }
  return out;
}

// "[a,b]", each item as `text` gives it.
template <class Items, class Text>
std::string array_of(const Items& items, Text text) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) {
      out += ',';
    }
    out += text(item);
  }
  return out + ']';
}

}  // namespace

bool is_json(std::string_view text) {
  // To the parser a NUL is the end of the text, whatever follows it.
  return text.find('\0') == std::string_view::npos && nlohmann::json::accept(text);
}

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string to_json(const Entry& entry) {
  const Decoded decoded = decode(entry.json_instruction);
  std::string out = "{\"id\":" + std::to_string(entry.id.value) +
                    ",\"utcStamp\":" + json_string(entry.utc_stamp) +
                    ",\"originated\":" + json_string(entry.originated) +
                    ",\"instructionCount\":" + std::to_string(entry.instruction_count) +
                    ",\"instructions\":";
  out += array_of(decoded.instructions, [](const Instruction& each) { return to_json(each); });
  if (!decoded.problems.empty()) {
    out += ",\"problems\":";
    out += array_of(decoded.problems,
                    [](const DecodeProblem& each) { return json_string(each.what); });
  }
  return out + '}';
}

std::string to_json(const Instruction& instruction) { return '{' + members(instruction) + '}'; }

std::string to_json(const Instruction& instruction, const Source& source) {
  return "{\"entry\":" + std::to_string(source.entry.value) + ',' + members(instruction) +
         ",\"originated\":" + json_string(source.originated) + '}';
}

std::string to_json(const Resync& resync) {
  std::string out = "{\"resync\":\"";
  out += to_string(resync.reason);
  return out + "\",\"entry\":" + std::to_string(resync.entry.value) + '}';
}

}  // namespace crier
