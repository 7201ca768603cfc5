// SPDX-License-Identifier: MIT
// What Umbraco's own classes take: from version 14 on they are strict, and one row that they can't
// read stops the reading of every server.
#include <crier/codec.hpp>

#include "base/quoting.hpp"
#include "codec/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace crier {
namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 60;  // their parser takes 64 levels, the instruction's own among them

bool has_32_bits(std::int64_t number) {
  return number >= std::numeric_limits<std::int32_t>::min() &&
         number <= std::numeric_limits<std::int32_t>::max();
}

bool has_32_bits(const Json& value) {
  // As unsigned it is what exceeds 63 bits.
  return value.is_number_integer() &&
         (!value.is_number_unsigned() ||
          value.get<std::uint64_t>() <= std::numeric_limits<std::int32_t>::max()) &&
         has_32_bits(value.get<std::int64_t>());
}

bool is_hyphenated_guid(const Json& value) {
  constexpr std::size_t kSize = 36;
  return value.is_string() && value.get_ref<const std::string&>().size() == kSize &&
         Guid::parse(value.get_ref<const std::string&>()).has_value();
}

std::string field_fault(const std::string& name, const Json& value) {
  if (name == "RefreshType" || name == "IntId" || name == "JsonIdCount") {
    return has_32_bits(value) ? "" : name + " is no integer of 32 bits";
  }
  if (name == "RefresherId" || name == "GuidId") {
    return is_hyphenated_guid(value) ? "" : name + " is no GUID with hyphens and without braces";
  }
  if (name == "JsonIds" || name == "JsonPayload") {
    if (!value.is_string() && !value.is_null()) {
      return name + " is no string";
    }
    std::vector<std::int64_t> ids;
    if (name == "JsonIds" && value.is_string() &&
        (!parse_ids(value.get_ref<const std::string&>(), ids) ||
         !std::ranges::all_of(ids, [](std::int64_t id) { return has_32_bits(id); }))) {
      return name + " is no array of integers of 32 bits";
    }
  }
  return {};
}

std::string array_fault(const Json& array, int depth) {
  if (depth > kDeepest) {
    return "its arrays are nested too deeply";
  }
  for (const Json& element : array) {
    if (element.is_array()) {
      if (std::string fault = array_fault(element, depth + 1); !fault.empty()) {
        return fault;
      }
      continue;
    }
    if (!element.is_object()) {
      return "an element is no instruction";
    }
    for (const auto& [name, value] : element.items()) {
      if (std::string fault = field_fault(name, value); !fault.empty()) {
        return fault;
      }
    }
  }
  return {};
}

}  // namespace

std::string umbraco_fault(std::string_view json_instruction) {
  const Json row = Json::parse(json_instruction, nullptr, /*allow_exceptions=*/false);
  if (!row.is_array()) {  // nor is what can't be parsed
    return "it is no JSON array";
  }
  return array_fault(row, 1);
}

std::string umbraco_fault(const Instruction& instruction) {
  const auto beyond = [](std::int64_t id) {
    return "the id " + std::to_string(id) + " is beyond 32 bits";
  };
  if (!has_32_bits(instruction.id)) {
    return beyond(instruction.id);
  }
  const auto found =
      std::ranges::find_if(instruction.ids, [](std::int64_t id) { return !has_32_bits(id); });
  return found == instruction.ids.end() ? std::string() : beyond(*found);
}

}  // namespace crier
