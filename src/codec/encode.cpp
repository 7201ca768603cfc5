// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>
#include <crier/error.hpp>

#include "codec/text.hpp"

#include <nlohmann/json.hpp>

namespace crier {
namespace {

void append_payload(std::string& out, const Instruction& instruction) {
  try {
    out += nlohmann::json(instruction.payload).dump();
  } catch (const nlohmann::json::type_error&) {
    throw Error("encode",
                "The payload for refresher " + instruction.refresher.to_string() +
                    " is not UTF-8, so it can't be written as JSON; publish it as UTF-8.",
                Error::Kind::invalid_argument);
  }
}

// The fields stand in the order in which Umbraco declares and writes them.
void append(std::string& out, const Instruction& instruction) {
  out += "{\"RefreshType\":";
  out += std::to_string(static_cast<int>(instruction.type));
  out += ",\"RefresherId\":\"";
  out += instruction.refresher.to_string();
  out += '"';
  switch (instruction.type) {
    case RefreshType::refresh_all:
      break;
    case RefreshType::refresh_by_guid:
      out += ",\"GuidId\":\"";
      out += instruction.guid.to_string();
      out += '"';
      break;
    case RefreshType::refresh_by_id:
    case RefreshType::remove_by_id:
      out += ",\"IntId\":";
      out += std::to_string(instruction.id);
      break;
    case RefreshType::refresh_by_ids:
      out += ",\"JsonIds\":\"";
      append_ids(out, instruction.ids);
      out += "\",\"JsonIdCount\":";
      out += std::to_string(instruction.ids.size());
      break;
    case RefreshType::refresh_by_json:
      // Umbraco's readers pass a missing payload over, and choke on an empty one.
      if (!instruction.payload.empty()) {
        out += ",\"JsonPayload\":";
        append_payload(out, instruction);
      }
      break;
  }
  out += '}';
}

void require_umbracos(const Instruction& instruction) {
  if (const std::string fault = umbraco_fault(instruction); !fault.empty()) {
    throw Error("encode",
                "Umbraco's own classes can't read an instruction for refresher " +
                    instruction.refresher.to_string() + ": " + fault +
                    ". Nothing was written to its table.",
                Error::Kind::invalid_argument);
  }
}

// Into the object that `out` ends with.
void append_chain(std::string& out, std::span<const Guid> chain) {
  out.back() = ',';
  out += "\"CrierChain\":\"";
  for (const Guid& guid : chain) {
    out += guid.to_string();
    out += ' ';
  }
  out.back() = '"';
  out += '}';
}

}  // namespace

std::string encode(std::span<const Instruction> instructions) {
  std::string out = "[";
  for (const Instruction& instruction : instructions) {
    if (out.size() > 1) {
      out += ',';
    }
    append(out, instruction);
  }
  out += ']';
  return out;
}

std::vector<NewEntry> make_entries(std::span<const Instruction> instructions,
                                   std::string_view originated, const EntryLimits& limits,
                                   std::span<const Guid> chain) {
  std::vector<NewEntry> entries;
  std::size_t held = 0;  // by the last of `entries`, whose closing bracket is yet to come
  std::string piece;
  for (const Instruction& instruction : instructions) {
    if (limits.for_umbraco) {
      require_umbracos(instruction);
    }
    piece.clear();
    append(piece, instruction);
    if (piece.size() > limits.max_instruction_bytes) {
      throw Error("encode",
                  "An instruction for refresher " + instruction.refresher.to_string() + " takes " +
                      std::to_string(piece.size()) + " bytes of JSON, and at most " +
                      std::to_string(limits.max_instruction_bytes) +
                      " are allowed; publish less at once, or raise max_instruction_bytes.",
                  Error::Kind::invalid_argument);
    }
    const bool fits = held > 0 && held < limits.max_instructions &&
                      entries.back().json_instruction.size() + piece.size() + 2 <= limits.max_bytes;
    if (!fits) {
      entries.push_back({std::string(originated), 0, {}});
      held = 0;
    }
    NewEntry& entry = entries.back();
    entry.json_instruction += held == 0 ? '[' : ',';
    entry.json_instruction += piece;
    if (held == 0 && !chain.empty()) {
      append_chain(entry.json_instruction, chain);
    }
    entry.instruction_count += instruction.count();
    ++held;
  }
  for (NewEntry& entry : entries) {
    entry.json_instruction += ']';
  }
  return entries;
}

NewEntry make_canary(std::string originated) {
  const Instruction canary = Instruction::refresh_all(kCanary);
  return {std::move(originated), 0, encode({&canary, 1})};
}

bool is_canary(std::string_view json_instruction) {
  static const std::string kCanaryJson = make_canary({}).json_instruction;
  return json_instruction == kCanaryJson;
}

}  // namespace crier
