// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "support/files.hpp"
#include "unit/codec_rows.hpp"

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

using Ids = std::vector<std::int64_t>;

Instruction expected_instruction(const nlohmann::json& json) {
  const Guid refresher = Guid::parse(json.at("refresher").get<std::string>()).value();
  const std::string type = json.at("type");
  if (type == "refresh_all") {
    return Instruction::refresh_all(refresher);
  }
  if (type == "refresh_by_ids") {
    return Instruction::refresh_by_ids(refresher, json.at("ids").get<Ids>());
  }
  if (type == "refresh_by_json") {
    return Instruction::refresh_by_json(refresher, json.at("payload").get<std::string>());
  }
  REQUIRE(type == "remove_by_id");
  return Instruction::remove_by_id(refresher, json.at("id").get<std::int64_t>());
}

TEST_CASE("real rows of versions 7 to 18 mean what Umbraco takes them for") {
  std::ifstream file(source_file("tests/data/umbraco-rows.jsonl"));
  std::size_t rows = 0, instructions = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    const nlohmann::json sample = nlohmann::json::parse(line);
    CAPTURE(line);
    std::vector<Instruction> expected;
    for (const nlohmann::json& each : sample.at("expected")) {
      expected.push_back(expected_instruction(each));
    }
    const Decoded decoded = decode(sample.at("jsonInstruction").get<std::string>());
    CHECK(decoded.instructions == expected);
    CHECK(decoded.problems.empty() != sample.at("malformed").get<bool>());
    instructions += decoded.instructions.size();
  }
  CHECK(rows == 313);
  CHECK(instructions == 393);
}

TEST_CASE("a missing field has its default, and an unknown one is ignored") {
  CHECK(only(row(R"("JsonIdCount":1)")) == Instruction::refresh_all(kRefresher));
  CHECK(only(row(R"("New":{"IntId":"x","a":[1,{}]},"Other":[[1.5]],"RefreshType":2,"IntId":7)")) ==
        Instruction::refresh_by_id(kRefresher, 7));
  CHECK(only(row(R"("RefreshType":2)")) == Instruction::refresh_by_id(kRefresher, 0));
  CHECK(only(row(R"("RefreshType":1)")) == Instruction::refresh_by_guid(kRefresher, Guid()));
  CHECK(only(row(R"("JsonIdCount":"many","":true,"X":1e3)")) ==
        Instruction::refresh_all(kRefresher));
}

TEST_CASE("null is as good as missing: no ids and no payload are nothing to do") {
  CHECK(only(row(R"("RefreshType":3,"JsonIds":null)")) ==
        Instruction::refresh_by_ids(kRefresher, {}));
  CHECK(only(row(R"("RefreshType":4,"JsonPayload":null)")) ==
        Instruction::refresh_by_json(kRefresher, ""));
  CHECK(only(row(R"("RefreshType":null,"GuidId":null,"IntId":null)")) ==
        Instruction::refresh_all(kRefresher));
}

TEST_CASE("a field that its type does not call for leaves no trace") {
  const std::string fields =
      R"("GuidId":"27ab3022-3dfa-47b6-9119-5945bc88fd66","IntId":7,"JsonIds":"[1]","JsonPayload":"x")";
  CHECK(only(row(fields + R"(,"RefreshType":0)")) == Instruction::refresh_all(kRefresher));
  CHECK(only(row(fields + R"(,"RefreshType":1)")) ==
        Instruction::refresh_by_guid(kRefresher, kOther));
  CHECK(only(row(fields + R"(,"RefreshType":2)")) == Instruction::refresh_by_id(kRefresher, 7));
  CHECK(only(row(fields + R"(,"RefreshType":3)")) == Instruction::refresh_by_ids(kRefresher, {1}));
  CHECK(only(row(fields + R"(,"RefreshType":4)")) == Instruction::refresh_by_json(kRefresher, "x"));
  CHECK(only(row(fields + R"(,"RefreshType":5)")) == Instruction::remove_by_id(kRefresher, 7));
}

TEST_CASE("names of fields and types are read in any case") {
  CHECK(
      only(
          R"([{"refreshtype":5,"REFRESHERID":"55698352-ADFC-4FB5-A3E5-CD2B3F10A2E1","intID":3}])") ==
      Instruction::remove_by_id(kRefresher, 3));
  const std::vector<std::pair<std::string, RefreshType>> names = {
      {"RefreshAll", RefreshType::refresh_all},
      {"refreshbyguid", RefreshType::refresh_by_guid},
      {"REFRESHBYID", RefreshType::refresh_by_id},
      {"refreshByIds", RefreshType::refresh_by_ids},
      {"RefreshByJson", RefreshType::refresh_by_json},
      {"removeById", RefreshType::remove_by_id}};
  for (const auto& [name, type] : names) {
    CHECK(only(row(R"("RefreshType":")" + name + '"')).type == type);
  }
}

TEST_CASE("a GUID is read in D, N, B and P form") {
  for (const char* guid :
       {"27ab3022-3dfa-47b6-9119-5945bc88fd66", "27AB30223DFA47B691195945BC88FD66",
        "{27ab3022-3dfa-47b6-9119-5945bc88fd66}", "(27AB3022-3dfa-47b6-9119-5945bc88fd66)"}) {
    CHECK(only(R"([{"RefreshType":1,"RefresherId":")" + std::string(guid) + R"(","GuidId":")" +
               guid + R"("}])") == Instruction::refresh_by_guid(kOther, kOther));
  }
}

TEST_CASE("both styles of escapes mean the same") {
  const Instruction expected =
      Instruction::refresh_by_json(kRefresher, "[{\"Name\":\"caf\u00e9 <\U0001f600>\"}]");
  CHECK(only(row("\"RefreshType\":4,\"JsonPayload\":\"[{\\\"Name\\\":\\\"caf\u00e9 "
                 "<\U0001f600>\\\"}]\"")) == expected);
  CHECK(
      only(row(
          R"("RefreshType":4,"JsonPayload":"[{\u0022Name\u0022:\u0022caf\u00E9 \u003C\uD83D\uDE00\u003E\u0022}]")")) ==
      expected);
}

TEST_CASE("ids are 64-bit, and a JSON array serves as well as text that holds one") {
  const Ids ids = {kMin, -1, 0, 10, kMax};
  const std::string text = "[ -9223372036854775808,-1 ,0,\\n10,\\t9223372036854775807 ] ";
  CHECK(only(row(R"("RefreshType":3,"JsonIds":")" + text + '"')) ==
        Instruction::refresh_by_ids(kRefresher, ids));
  CHECK(only(row(
            R"("RefreshType":3,"JsonIds":[-9223372036854775808,-1, 0,10,9223372036854775807])")) ==
        Instruction::refresh_by_ids(kRefresher, ids));
  CHECK(only(row(R"("RefreshType":3,"JsonIds":"[]")")) ==
        Instruction::refresh_by_ids(kRefresher, {}));
  CHECK(only(row(R"("RefreshType":2,"IntId":-9223372036854775808)")) ==
        Instruction::refresh_by_id(kRefresher, kMin));
  CHECK(only(row(R"("RefreshType":5,"IntId":9223372036854775807)")) ==
        Instruction::remove_by_id(kRefresher, kMax));
}

TEST_CASE("a payload that is an array or object is taken as its text") {
  CHECK(only(row(R"("RefreshType":4,"JsonPayload":[ {"Id":1,"a":[]}, 1.50 ] ,"IntId":1)")) ==
        Instruction::refresh_by_json(kRefresher, R"([ {"Id":1,"a":[]}, 1.50 ])"));
  CHECK(only(row(R"("RefreshType":4,"JsonPayload":{"JsonPayload":"inner","b":{}})")) ==
        Instruction::refresh_by_json(kRefresher, R"({"JsonPayload":"inner","b":{}})"));
  CHECK(only(row(R"("RefreshType":4,"JsonPayload":[])")) ==
        Instruction::refresh_by_json(kRefresher, "[]"));
}

TEST_CASE("nested arrays are flattened in order") {
  const auto all = [](const Guid& id) { return R"({"RefresherId":")" + id.to_string() + "\"}"; };
  const std::string text = "[[" + all(kRefresher) + ",[[" + all(kOther) + "]]],[]," +
                           all(kRefresher) + ",[" + all(kOther) + "]]";
  const Decoded decoded = decode(text);
  CHECK(decoded.problems.empty());
  CHECK(decoded.instructions ==
        std::vector{Instruction::refresh_all(kRefresher), Instruction::refresh_all(kOther),
                    Instruction::refresh_all(kRefresher), Instruction::refresh_all(kOther)});
}

TEST_CASE("nothing in an array is no instruction and no problem") {
  for (const char* text : {"[]", "[[]]", " [ [ ] , [[]] ] ", "\xef\xbb\xbf[]"}) {
    const Decoded decoded = decode(text);
    CHECK(decoded.instructions.empty());
    CHECK(decoded.problems.empty());
  }
}

TEST_CASE("comments are passed over") {
  CHECK(only("/* a */ [ // b\n" + row(R"(/**/"RefreshType":2,"IntId":/*c*/4)") + "]") ==
        Instruction::refresh_by_id(kRefresher, 4));
}

TEST_CASE("nesting 100,000 deep is read, and overflows nothing") {
  constexpr std::size_t kDeep = 100'000;
  const std::string open = repeated("[", kDeep), close = repeated("]", kDeep);
  CHECK(decode(open + close).problems.empty());
  CHECK(only(open + row(R"("RefreshType":2,"IntId":4)") + close) ==
        Instruction::refresh_by_id(kRefresher, 4));
  CHECK(only_problem(open).refresher == std::nullopt);

  const std::string objects = repeated(R"({"a":[)", kDeep) + repeated("]}", kDeep);
  CHECK(only(row("\"a\":" + objects)) == Instruction::refresh_all(kRefresher));
  CHECK(only(row(R"("RefreshType":4,"JsonPayload":)" + objects)).payload == objects);
  CHECK(only_problem(row(R"("RefreshType":3,"JsonIds":")" + open + close + '"')).refresher ==
        kRefresher);
}

TEST_CASE("an escaped NUL inside a payload is part of it") {
  CHECK(only(row(R"("RefreshType":4,"JsonPayload":"a\u0000b")")).payload == std::string("a\0b", 3));
}

TEST_CASE("decode: what is decoded into is replaced") {
  const std::vector all{
      Instruction::refresh_all(Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value())};
  Decoded decoded = decode("no JSON");
  decode(encode(all), decoded);
  CHECK(decoded.problems.empty());
  CHECK(decoded.instructions == all);
  decode("[]", decoded);
  CHECK(decoded.instructions.empty());
}

}  // namespace
}  // namespace crier::test
