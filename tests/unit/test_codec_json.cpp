// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "unit/codec_rows.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace crier::test {
namespace {

const std::string kHead = R"({"refresher":"55698352-adfc-4fb5-a3e5-cd2b3f10a2e1","type":)";

TEST_CASE("an instruction is shown with the field of its type") {
  CHECK(to_json(Instruction::refresh_all(kRefresher)) == kHead + R"("refresh_all"})");
  CHECK(to_json(Instruction::refresh_by_guid(kRefresher, kOther)) ==
        kHead + R"("refresh_by_guid","guid":"27ab3022-3dfa-47b6-9119-5945bc88fd66"})");
  CHECK(to_json(Instruction::refresh_by_id(kRefresher, -7)) ==
        kHead + R"("refresh_by_id","id":-7})");
  CHECK(to_json(Instruction::refresh_by_ids(kRefresher, {1, 2})) ==
        kHead + R"("refresh_by_ids","ids":[1,2]})");
  CHECK(to_json(Instruction::refresh_by_ids(kRefresher, {})) ==
        kHead + R"("refresh_by_ids","ids":[]})");
  CHECK(to_json(Instruction::refresh_by_json(kRefresher, R"([{"Id":1}])")) ==
        kHead + R"("refresh_by_json","payload":"[{\"Id\":1}]"})");
  CHECK(to_json(Instruction::remove_by_id(kRefresher, std::numeric_limits<std::int64_t>::max())) ==
        kHead + R"("remove_by_id","id":9223372036854775807})");
}

TEST_CASE("an applied instruction is shown with its entry and who published it") {
  CHECK(to_json(Instruction::refresh_by_ids(kRefresher, {1, 2}), Source{EntryId{7}, "h/a \"x\""}) ==
        R"({"entry":7,"refresher":"55698352-adfc-4fb5-a3e5-cd2b3f10a2e1",)"
        R"("type":"refresh_by_ids","ids":[1,2],"originated":"h/a \"x\""})");
}

TEST_CASE("a resync is shown with its reason and the new cursor") {
  CHECK(to_json(Resync{ResyncReason::anchor_gone, "not shown", EntryId{12}}) ==
        R"({"resync":"anchor_gone","entry":12})");
}

TEST_CASE("an entry is shown with its instructions") {
  Entry entry;
  entry.id = EntryId{7};
  entry.utc_stamp = "2026-11-21 10:00:00.123";
  entry.originated = "host/shop [P1/D1] 00";
  entry.instruction_count = 3;
  entry.json_instruction = encode(std::vector{Instruction::refresh_by_ids(kRefresher, {1, 2}),
                                              Instruction::refresh_all(kOther)});
  CHECK(to_json(entry) ==
        R"({"id":7,"utcStamp":"2026-11-21 10:00:00.123","originated":"host/shop [P1/D1] 00",)"
        R"("instructionCount":3,"instructions":[)" +
            kHead + R"("refresh_by_ids","ids":[1,2]},)" +
            R"({"refresher":"27ab3022-3dfa-47b6-9119-5945bc88fd66","type":"refresh_all"}]})");
  entry.json_instruction = "[]";
  CHECK(to_json(entry).ends_with(R"("instructionCount":3,"instructions":[]})"));
}

TEST_CASE("an entry that can't be read in full is shown with its problems") {
  Entry entry;
  entry.json_instruction = R"([{"RefresherId":"55698352-adfc-4fb5-a3e5-cd2b3f10a2e1"},1,{}])";
  CHECK(to_json(entry) ==
        R"({"id":0,"utcStamp":"","originated":"","instructionCount":1,"instructions":[)" + kHead +
            R"("refresh_all"}],"problems":["Element 2 is a number, not an instruction.",)"
            R"("Element 3: RefresherId is missing or empty."]})");
}

TEST_CASE("bytes that are not UTF-8 are shown as U+FFFD, never refused") {
  Entry entry;
  entry.utc_stamp = "\xff";
  entry.originated = "a\xc3";
  entry.json_instruction = "\xff";
  CHECK(to_json(entry) ==
        "{\"id\":0,\"utcStamp\":\"\ufffd\",\"originated\":\"a\ufffd\",\"instructionCount\":1,"
        "\"instructions\":[],\"problems\":[\"The text is not JSON: it can't be read at byte 1 of "
        "1, near \\\"\\\\xff\\\".\"]}");
  CHECK(to_json(Instruction::refresh_by_json(kRefresher, "\xff"), Source{EntryId{1}, "\xfe"}) ==
        "{\"entry\":1," + kHead.substr(1) +
            "\"refresh_by_json\",\"payload\":\"\ufffd\",\"originated\":\"\ufffd\"}");
}

TEST_CASE("a JSON string is quoted, escaped and on one line") {
  CHECK(json_string("") == "\"\"");
  CHECK(json_string("a\"\\/\b\f\n\r\t") == R"("a\"\\/\b\f\n\r\t")");
  CHECK(json_string(std::string("\0\x1f", 2)) == R"("\u0000\u001f")");
  CHECK(json_string("caf\u00e9 \U0001f600") == "\"caf\u00e9 \U0001f600\"");
  CHECK(json_string("a\xff"
                    "b\xe2\x82") ==
        "\"a\ufffd"
        "b\ufffd\"");
}

TEST_CASE("bytes of every kind make a JSON string") {
  for (std::size_t length = 0; length < 1100; ++length) {
    std::string text(length, 'a');
    for (std::size_t i = 0; i < length; ++i) {
      text[i] = static_cast<char>(i * 7 + length);
    }
    REQUIRE(is_json(json_string(text)));
  }
}

TEST_CASE("is_json tells one JSON document from anything else") {
  for (const char* text : {"{}", "[]", "1", "-1.5e3", "\"x\"", "null", " true ", "[{\"a\":[1]}]",
                           "\"caf\u00e9\"", R"("\u0000")"}) {
    CAPTURE(text);
    CHECK(is_json(text));
  }
  for (const char* text : {"", " ", "{", "[1,]", "{} {}", "nul", "'x'", "// x\n1", "/**/1",
                           "\"\xff\"", "\"\xed\xa0\x80\"", "NaN", "01", "\"\\ud800\""}) {
    CAPTURE(text);
    CHECK_FALSE(is_json(text));
  }
  CHECK_FALSE(is_json(std::string_view("1\0", 2)));
  CHECK_FALSE(is_json(std::string_view("1\0x", 3)));
  CHECK_FALSE(is_json(std::string_view("\"\0\"", 3)));
  CHECK(is_json(std::string(100'000, '[') + std::string(100'000, ']')));
  CHECK_FALSE(is_json(std::string(100'000, '[')));
}

}  // namespace
}  // namespace crier::test
