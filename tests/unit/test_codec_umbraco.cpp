// SPDX-License-Identifier: MIT
// What Umbraco's own classes can and can't read.
#include <crier/codec.hpp>

#include "support/errors.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

constexpr std::int64_t kBeyond = 4'294'967'296;
const Guid kSomebody = Guid::random();

std::string umbraco_row(const std::string& fields) {
  return R"([{"RefresherId":"27ab3022-3dfa-47b6-9119-5945bc88fd66",)" + fields + "}]";
}

TEST_CASE("umbraco_fault: what crier writes of 32 bits can be read, whatever its type") {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  const std::vector<Guid> chain{Guid::random(), Guid::random()};
  const std::vector instructions{Instruction::refresh_all(kSomebody),
                                 Instruction::refresh_by_guid(kSomebody, {}),
                                 Instruction::refresh_by_id(kSomebody, kMost),
                                 Instruction::refresh_by_ids(kSomebody, {}),
                                 Instruction::remove_by_id(kSomebody, kLeast),
                                 Instruction::refresh_by_json(kSomebody, ""),
                                 Instruction::refresh_by_ids(kSomebody, {kLeast, 0, kMost}),
                                 Instruction::refresh_by_json(kSomebody, R"({"id":4294967296})")};
  for (const NewEntry& entry :
       make_entries(instructions, "me", {.max_instructions = 3, .for_umbraco = true}, chain)) {
    CHECK(umbraco_fault(entry.json_instruction).empty());
  }
}

TEST_CASE("umbraco_fault: an id beyond 32 bits is refused wherever it stands") {
  for (const std::int64_t id :
       {kBeyond, std::int64_t{2'147'483'648}, std::int64_t{-2'147'483'649},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    for (const Instruction& instruction :
         {Instruction::refresh_by_id(kSomebody, id), Instruction::remove_by_id(kSomebody, id),
          Instruction::refresh_by_ids(kSomebody, {1, id})}) {
      CHECK(umbraco_fault(instruction) == "the id " + std::to_string(id) + " is beyond 32 bits");
      CHECK_FALSE(umbraco_fault(encode({&instruction, 1})).empty());
      CHECK(make_entries({&instruction, 1}, "me").size() == 1);
      const Error error = error_of([&] {
        static_cast<void>(make_entries({&instruction, 1}, "me", {.for_umbraco = true}));
      });
      CHECK(error.invalid_argument());
      CHECK(std::string(error.what()).find("is beyond 32 bits") != std::string::npos);
    }
  }
}

TEST_CASE("umbraco_fault: a row of other writers' is read as strictly as there") {
  for (const auto& [text, fault] : std::vector<std::pair<std::string, std::string>>{
           {"[]", ""},
           {"[[],[[]]]", ""},
           {umbraco_row(R"("RefreshType":1,"GuidId":"00000000-0000-0000-0000-000000000000")"), ""},
           {umbraco_row(R"("JsonIds":null,"JsonPayload":null,"Unknown":{"a":[1.5]})"), ""},
           {"", "it is no JSON array"},
           {"{}", "it is no JSON array"},
           {"[] x", "it is no JSON array"},
           {"[1]", "an element is no instruction"},
           {"[null]", "an element is no instruction"},
           {umbraco_row(R"("IntId":4294967296)"), "IntId is no integer of 32 bits"},
           {umbraco_row(R"("IntId":18446744073709551615)"), "IntId is no integer of 32 bits"},
           {umbraco_row(R"("IntId":1.0)"), "IntId is no integer of 32 bits"},
           {umbraco_row(R"("IntId":null)"), "IntId is no integer of 32 bits"},
           {umbraco_row(R"("RefreshType":"RefreshAll")"), "RefreshType is no integer of 32 bits"},
           {umbraco_row(R"("JsonIdCount":"1")"), "JsonIdCount is no integer of 32 bits"},
           {umbraco_row(R"("GuidId":null)"), "GuidId is no GUID with hyphens and without braces"},
           {umbraco_row(R"("GuidId":"27ab30223dfa47b691195945bc88fd66")"),
            "GuidId is no GUID with hyphens and without braces"},
           {umbraco_row(R"("JsonIds":[1])"), "JsonIds is no string"},
           {umbraco_row(R"("JsonIds":"[4294967296]")"),
            "JsonIds is no array of integers of 32 bits"},
           {umbraco_row(R"("JsonPayload":{"a":1})"), "JsonPayload is no string"},
           {"[[" + umbraco_row(R"("IntId":4294967296)") + "]]", "IntId is no integer of 32 bits"},
           {std::string(100, '[') + std::string(100, ']'), "its arrays are nested too deeply"}}) {
    const std::string& row = text;
    CAPTURE(row);
    CHECK(umbraco_fault(text) == fault);
  }
}

TEST_CASE("rows that Umbraco has written are read, and may be written again") {
  std::ifstream rows(source_file("tests/data/umbraco-rows.jsonl"));
  for (std::string line; std::getline(rows, line);) {
    CAPTURE(line);
    const nlohmann::json sample = nlohmann::json::parse(line);
    CHECK(umbraco_fault(sample.at("jsonInstruction").get<std::string>()).empty() !=
          sample.at("malformed").get<bool>());
  }
}

TEST_CASE("an explicit nil GUID is as good as one that was left out") {
  const Guid refresher = Guid::parse("27ab3022-3dfa-47b6-9119-5945bc88fd66").value();
  for (const std::string nil : {R"("GuidId":"00000000-0000-0000-0000-000000000000")",
                                R"("GuidId":"00000000000000000000000000000000")", R"("IntId":0)"}) {
    const Decoded decoded = decode(umbraco_row(R"("RefreshType":1,)" + nil));
    CHECK(decoded.problems.empty());
    CHECK(decoded.instructions == std::vector{Instruction::refresh_by_guid(refresher, {})});
  }
}

}  // namespace
}  // namespace crier::test
