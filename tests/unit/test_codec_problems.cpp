// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "support/effort.hpp"
#include "unit/codec_rows.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

TEST_CASE("a text that is no array is a problem that may concern any refresher") {
  const std::vector<std::pair<std::string_view, std::string_view>> texts = {
      {"{}", "The text is an object, not an array of instructions."},
      {R"({"RefresherId":"55698352-adfc-4fb5-a3e5-cd2b3f10a2e1"})",
       "The text is an object, not an array of instructions."},
      {"null", "The text is null, not an array of instructions."},
      {"3", "The text is a number, not an array of instructions."},
      {"-3", "The text is a number, not an array of instructions."},
      {"1.5",
       "The text is a number with a fraction or beyond 64 bits, not an array of "
       "instructions."},
      {"true", "The text is a boolean, not an array of instructions."},
      {"\"[]\"", "The text is a string, not an array of instructions."},
      {"", "The text is empty, not an array of instructions."},
  };
  for (const auto& [text, what] : texts) {
    const DecodeProblem problem = only_problem(text);
    CHECK(problem.what == what);
    CHECK(problem.refresher == std::nullopt);
  }
}

TEST_CASE("a text that is not JSON is one problem, and nothing of it counts") {
  const std::string good = row(R"("RefreshType":0)");
  const std::vector<std::string> texts = {
      " ",
      "[",
      "]",
      "[}",
      "nul",
      "[1,]",
      good + "x",
      good + good,
      good.substr(0, good.size() - 1),
      good.substr(0, good.size() - 2) + ",}]",
      "[1," + good.substr(1, good.size() - 2) + ",1",
      good + std::string("\0", 1),
      good + std::string("\0junk", 5),
      std::string("\0", 1) + good,
      row("\"a\":\"" + std::string("\0", 1) + "\""),
      row("\"a\":\"\xff\""),
      row("\"a\":\"\xc3\""),
      row("\"a\":\"\xed\xa0\x80\""),
      row("\"a\":\"\xc0\x80\""),
      row("\"\xff\":1"),
      "\xff\xfe[]",
      row("\"a\":\"\\ud800\""),
      row("\"a\":\"\n\""),
      row("\"a\":'x'"),
      row("\"a\":NaN"),
      row("\"a\":01"),
      row("\"a\":1e999"),  // beyond what the parser can hold, though JSON knows no bound
  };
  for (const std::string& text : texts) {
    const DecodeProblem problem = only_problem(text);
    CHECK(problem.what.starts_with("The text is not JSON: it can't be read at byte "));
    CHECK(problem.refresher == std::nullopt);
  }
}

TEST_CASE("the problem of a text that is not JSON names the place") {
  CHECK(only_problem("[").what ==
        "The text is not JSON: it can't be read at byte 1 of 1, near \"[\".");
  CHECK(only_problem(R"([{"RefresherId":x}])").what ==
        "The text is not JSON: it can't be read at byte 17 of 19, near \"[{\"RefresherId\":x}]\".");
  CHECK(only_problem(std::string("[]\0x", 4)).what ==
        "The text is not JSON: it can't be read at byte 3 of 4, near \"[]\\x00x\".");
  const std::string long_text = "[\"" + repeated("abcdefghij", 100) + "\x01";
  CHECK(only_problem(long_text).what ==
        "The text is not JSON: it can't be read at byte 1003 of 1003, near "
        "\"bcdefghijabcdefghij\\x01\".");
}

TEST_CASE("a bad element is a problem that names its number, its field and its refresher") {
  struct Sample {
    std::string_view fields;
    std::string_view what;
  };
  const std::vector<Sample> samples = {
      {R"("RefreshType":6)", "RefreshType is 6, which is no refresh type"},
      {R"("RefreshType":-1)", "RefreshType is -1, which is no refresh type"},
      {R"("RefreshType":256)", "RefreshType is 256, which is no refresh type"},
      {R"("RefreshType":4294967296)", "RefreshType is 4294967296, which is no refresh type"},
      {R"("RefreshType":18446744073709551616)",
       "RefreshType can't be a number with a fraction or beyond 64 bits"},
      {R"("RefreshType":0.0)", "RefreshType can't be a number with a fraction or beyond 64 bits"},
      {R"("RefreshType":"RemoveByIds")",
       "RefreshType is \"RemoveByIds\", which is no refresh type"},
      {R"("RefreshType":"")", "RefreshType is \"\", which is no refresh type"},
      {R"("RefreshType":true)", "RefreshType can't be a boolean"},
      {R"("RefreshType":[0])", "RefreshType can't be an array"},
      {R"("RefreshType":{})", "RefreshType can't be an object"},
      {R"("RefreshType":2,"IntId":"7")", "IntId can't be a string"},
      {R"("RefreshType":2,"IntId":7.5)",
       "IntId can't be a number with a fraction or beyond 64 bits"},
      {R"("RefreshType":2,"IntId":7.0)",
       "IntId can't be a number with a fraction or beyond 64 bits"},
      {R"("RefreshType":2,"IntId":1e3)",
       "IntId can't be a number with a fraction or beyond 64 bits"},
      {R"("RefreshType":2,"IntId":9223372036854775808)", "IntId can't be a number beyond 64 bits"},
      {R"("RefreshType":2,"IntId":18446744073709551615)", "IntId can't be a number beyond 64 bits"},
      {R"("RefreshType":2,"IntId":-9223372036854775809)",
       "IntId can't be a number with a fraction or beyond 64 bits"},
      {R"("RefreshType":2,"IntId":184467440737095516160)",
       "IntId can't be a number with a fraction or beyond 64 bits"},
      {R"("RefreshType":2,"IntId":[7])", "IntId can't be an array"},
      {R"("RefreshType":1,"GuidId":"")", "GuidId is \"\", which is no GUID"},
      {R"("RefreshType":1,"GuidId":7)", "GuidId can't be a number"},
      {R"("RefreshType":1,"GuidId":"27ab3022-3dfa-47b6-9119-5945bc88fd6")",
       "GuidId is \"27ab3022-3dfa-47b6-9119-5945bc88fd6\", which is no GUID"},
      {R"("GuidId":true)", "GuidId can't be a boolean"},
      {R"("RefreshType":3,"JsonIds":7)", "JsonIds can't be a number"},
      {R"("RefreshType":3,"JsonIds":{"a":1})", "JsonIds can't be an object"},
      {R"("RefreshType":4,"JsonPayload":7)", "JsonPayload can't be a number"},
      {R"("RefreshType":4,"JsonPayload":false)", "JsonPayload can't be a boolean"},
  };
  for (const auto& [fields, what] : samples) {
    const DecodeProblem problem = only_problem(row(fields));
    CHECK(problem.what == "Element 1: " + std::string(what) + '.');
    CHECK(problem.refresher == kRefresher);
  }
}

TEST_CASE("ids that can't all be read are a problem, never a part of them or wrapped values") {
  for (const std::string_view ids : {"",
                                     " ",
                                     "null",
                                     "1",
                                     "{}",
                                     "[",
                                     "]",
                                     "[1",
                                     "[1,]",
                                     "[,1]",
                                     "[1,,2]",
                                     "[1 2]",
                                     "[1]2",
                                     "[1.0]",
                                     "[1e2]",
                                     "[010]",
                                     "[-010]",
                                     "[00]",
                                     "[+1]",
                                     "[-]",
                                     "[0x1]",
                                     "[a]",
                                     "[[1]]",
                                     "[null]",
                                     "['1']",
                                     "[9223372036854775808]",
                                     "[-9223372036854775809]",
                                     "[1,18446744073709551617]"}) {
    const DecodeProblem problem =
        only_problem(row(R"("RefreshType":3,"JsonIds":")" + std::string(ids) + '"'));
    CHECK(problem.what ==
          "Element 1: JsonIds is \"" + std::string(ids) + "\", which is no array of 64-bit ids.");
    CHECK(problem.refresher == kRefresher);
  }
  for (const char* ids : {R"(["1"])", "[1.5]", "[[1]]", "[null]", "[9223372036854775808]"}) {
    CHECK(only_problem(row(R"("RefreshType":3,"JsonIds":)" + std::string(ids))).refresher ==
          kRefresher);
  }
  CHECK(only_problem(row(R"("RefreshType":3,"JsonIds":"[1]\u0000")")).refresher == kRefresher);
}

TEST_CASE("an element without a refresher is a problem that may concern any") {
  const std::vector<std::pair<std::string_view, std::string_view>> samples = {
      {"[{}]", "Element 1: RefresherId is missing or empty."},
      {R"([{"RefreshType":0,"RefresherId":null}])", "Element 1: RefresherId is missing or empty."},
      {R"([{"RefresherId":"00000000-0000-0000-0000-000000000000"}])",
       "Element 1: RefresherId is missing or empty."},
      {R"([{"RefresherId":"55698352"}])",
       "Element 1: RefresherId is \"55698352\", which is no GUID."},
      {R"([{"RefresherId":7}])", "Element 1: RefresherId can't be a number."},
      {R"([{"a":{"RefresherId":"55698352-adfc-4fb5-a3e5-cd2b3f10a2e1"}}])",
       "Element 1: RefresherId is missing or empty."},
  };
  for (const auto& [text, what] : samples) {
    const DecodeProblem problem = only_problem(text);
    CHECK(problem.what == what);
    CHECK(problem.refresher == std::nullopt);
  }
}

TEST_CASE("an element that is no object is a problem that may concern any refresher") {
  const std::vector<std::pair<std::string_view, std::string_view>> samples = {
      {"[1]", "a number"},     {"[[1]]", "a number"},
      {"[null]", "null"},      {"[false]", "a boolean"},
      {"[\"x\"]", "a string"}, {"[1.5]", "a number with a fraction or beyond 64 bits"},
  };
  for (const auto& [text, kind] : samples) {
    const DecodeProblem problem = only_problem(text);
    CHECK(problem.what == "Element 1 is " + std::string(kind) + ", not an instruction.");
    CHECK(problem.refresher == std::nullopt);
  }
}

TEST_CASE("problems do not hide the instructions around them") {
  const std::string good = R"({"RefresherId":"27ab3022-3dfa-47b6-9119-5945bc88fd66"})";
  const std::string bad =
      R"({"RefreshType":9,"IntId":"x","RefresherId":"55698352-adfc-4fb5-a3e5-cd2b3f10a2e1"})";
  const Decoded decoded = decode("[" + good + ",[" + bad + ",1]," + good + ",{}," + good + "]");
  CHECK(decoded.instructions == std::vector(3, Instruction::refresh_all(kOther)));
  REQUIRE(decoded.problems.size() == 3);
  CHECK(decoded.problems[0].what == "Element 2: RefreshType is 9, which is no refresh type.");
  CHECK(decoded.problems[0].refresher == kRefresher);
  CHECK(decoded.problems[1].what == "Element 3 is a number, not an instruction.");
  CHECK(decoded.problems[2].what == "Element 5: RefresherId is missing or empty.");
}

TEST_CASE("a row of nothing but bad elements does not grow a problem for each") {
  const std::string good = R"({"RefresherId":"27ab3022-3dfa-47b6-9119-5945bc88fd66"})";
  const std::string bad =
      R"({"RefreshType":9,"RefresherId":"55698352-adfc-4fb5-a3e5-cd2b3f10a2e1"},)";
  CHECK(decode("[" + repeated(bad, 1000) + good + "]").problems.size() == 1000);
  const Decoded decoded = decode("[" + repeated(bad, 1001) + repeated("1,", 5000) + good + "]");
  REQUIRE(decoded.problems.size() == 1001);
  CHECK(decoded.problems[999].refresher == kRefresher);
  CHECK(decoded.problems[1000].what == "More elements can't be read than are listed.");
  CHECK(decoded.problems[1000].refresher == std::nullopt);
  CHECK(decoded.instructions == std::vector{Instruction::refresh_all(kOther)});
}

TEST_CASE("a string of megabytes is read, and no problem repeats it") {
  const std::string huge(kHugeBytes, 'x');
  CHECK(only(row(R"("RefreshType":4,"JsonPayload":")" + huge + '"')).payload == huge);
  CHECK(only_problem(row(R"("RefreshType":3,"JsonIds":")" + huge + '"')).what.size() < 120);
  CHECK(only_problem(row(R"("JsonPayload":")" + huge)).what.size() < 200);
}

TEST_CASE("no problem of a field repeats a long value") {
  const std::string value(1000, 'x');
  for (const std::string field : {"RefreshType", "RefresherId", "GuidId", "IntId"}) {
    const DecodeProblem problem = only_problem(row('"' + field + "\":\"" + value + '"'));
    CHECK(problem.what.starts_with("Element 1: " + field));
    CHECK(problem.what.size() < 120);
    CHECK(problem.refresher == kRefresher);
  }
}

TEST_CASE("a problem quotes what it found as printable ASCII") {
  CHECK(only_problem(row("\"RefreshType\":\"caf\u00e9\\u0000\\n\x7f\"")).what ==
        "Element 1: RefreshType is \"caf\\xc3\\xa9\\x00\\x0a\\x7f\", which is no refresh type.");
  CHECK(only_problem(row("\"GuidId\":\"" + std::string(40, 'a') + '"')).what ==
        "Element 1: GuidId is \"" + std::string(40, 'a') + "\", which is no GUID.");
  CHECK(only_problem(row("\"GuidId\":\"" + std::string(41, 'a') + '"')).what ==
        "Element 1: GuidId is \"" + std::string(40, 'a') + "...\", which is no GUID.");
}

}  // namespace
}  // namespace crier::test
