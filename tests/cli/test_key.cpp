// SPDX-License-Identifier: MIT
// Which entries concern a key.
#include <crier/admin/resync_request.hpp>
#include <crier/codec.hpp>

#include "json_search.hpp"
#include "key.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::test {
namespace {

using cli::Key;

const Guid kShelves = Guid::parse("abcdef01-7425-40de-944b-e07fc1f90ae7").value();
const std::string kItem = "11111111-2222-4333-8444-555555555555";

// The places of the instructions in the row that concern the key; "?" for what can't be read.
std::string places(const std::string& key, const std::string& row, const std::string& path = "",
                   bool given_up = false) {
  const auto found = Key(kShelves, key, cli::parse_pointer("--path", path))
                         .find_in({{7}, "stamp", "origin", 1, row}, given_up);
  std::string text;
  if (found) {
    for (const std::size_t place : found->places) {
      text += std::to_string(place);
    }
    text += std::string(found->problems.size(), '?');
  }
  return text;
}

std::string row_of(const std::vector<Instruction>& instructions) { return encode(instructions); }

TEST_CASE("key: ids, GUIDs, and what concerns every key") {
  const Guid item = Guid::parse(kItem).value();
  const std::string row = row_of(
      {Instruction::refresh_by_id(kShelves, 42), Instruction::refresh_by_ids(kShelves, {1, 42}),
       Instruction::remove_by_id(kShelves, 42), Instruction::refresh_by_guid(kShelves, item),
       Instruction::refresh_all(kShelves), Instruction::refresh_by_id(item, 42),
       Instruction::refresh_all(item)});
  CHECK(places("42", row) == "0124");
  CHECK(places("1", row) == "14");
  CHECK(places("4", row) == "4");
  CHECK(places(kItem, row) == "34");
  CHECK(places("{11111111222243338444555555555555}", row) == "4");  // no such form
  CHECK(places("11111111222243338444555555555555", row) == "34");
  CHECK(places("x", row_of({Instruction::refresh_by_id(kShelves, 42)})).empty());
}

TEST_CASE("key: requests to refresh everything, or this refresher") {
  const auto request = [](const Guid& refresher) {
    return row_of({to_instruction(ResyncRequest{"web-1", refresher})});
  };
  CHECK(places("42", request({})) == "0");
  CHECK(places("42", request(kShelves)) == "0");
  CHECK(places("42", request(Guid::parse(kItem).value())).empty());
}

TEST_CASE("key: a refresher's GUID is found however it is written") {
  for (const std::string guid :
       {"abcdef01-7425-40de-944b-e07fc1f90ae7", "ABCDEF01-7425-40DE-944B-E07FC1F90AE7",
        "AbCdEf017425-40de944be07fc1f90ae7", "abcdef01742540de944be07fc1f90ae7",
        "{abcdef01-7425-40de-944b-e07fc1f90ae7}", "(ABCDEF01-7425-40de-944b-e07fc1f90ae7)",
        "\\u0061bcdef01-7425-40de-944b-e07fc1f90ae7",
        "\\u0041bcde\\u0066\\u0030\\u0031-7425-40de-944b-e07fc1f90ae7"}) {
    CAPTURE(guid);
    const std::string row = "[{\"RefreshType\":2,\"RefresherId\":\"" + guid + "\",\"IntId\":42}]";
    const bool is_one = Guid::parse(guid).has_value() || guid.front() == '\\';
    CHECK(places("42", row) == (is_one ? "0" : "?"));
  }
}

TEST_CASE("key: values of a payload, anywhere or at a pointer") {
  const auto in = [](const std::string& payload, const std::string& key,
                     const std::string& path = "") {
    return places(key, row_of({Instruction::refresh_by_json(kShelves, payload)}), path) == "0";
  };
  const std::string one = R"({"id":42,"sku":"A-1","of":{"shop":"x","ids":[7,8]},"n":1.5,"42x":0})";
  for (const std::string key : {"42", "A-1", "x", "7", "8", "1.5", "0"}) {
    CHECK(in(one, key));
  }
  for (const std::string key : {"42x", "sku", "A", "a-1", "1", "43", "true"}) {
    CHECK_FALSE(in(one, key));
  }
  CHECK(in(one, "42", "/id"));
  CHECK_FALSE(in(one, "42", "/sku"));
  CHECK(in(one, "A-1", "/sku"));
  CHECK(in(one, "8", "/of/ids/1"));
  CHECK_FALSE(in(one, "7", "/of/ids/1"));
  CHECK(in(one, "7", "/of/ids"));
  CHECK(in(one, "x", "/of"));
  CHECK_FALSE(in(one, "42", "/of"));
  CHECK_FALSE(in(one, "42", "/id/0"));
  const std::string items = R"([{"sku":"A-1","n":[1]},{"of":[{"sku":"C-3"}],"sku":"B-2"},"D-4"])";
  CHECK(in(items, "B-2", "/sku"));  // of each item
  CHECK(in(items, "B-2", "/1/sku"));
  CHECK_FALSE(in(items, "A-1", "/1/sku"));
  CHECK_FALSE(in(items, "C-3", "/sku"));
  CHECK(in(items, "C-3"));
  CHECK(in(items, "D-4", "/2"));
  CHECK(in(R"({"a/b":{"c~d":"x"}})", "x", "/a~1b/c~0d"));
  CHECK(in("[\"11111111222243338444555555555555\"]", kItem));
  CHECK(in("9223372036854775808", "9223372036854775808"));
  CHECK(in("-3", "-3"));
  CHECK(in("\"A-1\"", "A-1"));
}

TEST_CASE("key: what is nested deeper than any stack is read to its end") {
  constexpr std::size_t kDepth = 500'000;
  const std::string deep = std::string(kDepth, '[') + "42" + std::string(kDepth, ']');
  const std::string row = row_of({Instruction::refresh_by_json(kShelves, deep)});
  CHECK(places("42", row) == "0");
  CHECK(places("43", row).empty());
  CHECK(places("42", row, "/0/0") == "0");
  CHECK(places("42", row, "/0/1").empty());
  const std::string objects = [] {
    std::string text;
    for (int i = 0; i < 100'000; ++i) {
      text += "{\"a\":";
    }
    return text + "42" + std::string(100'000, '}');
  }();
  CHECK(places("42", row_of({Instruction::refresh_by_json(kShelves, objects)}), "/a/a") == "0");
}

TEST_CASE("key: what can't be read may concern it") {
  CHECK(places("42", "[{\"RefreshType\":2,\"RefresherId\":\"" + kShelves.to_string() +
                         "\",\"IntId\":\"many\"}]") == "?");
  CHECK(places("42", "not JSON").empty());  // as long as no node has said so
  CHECK(places("42", "not JSON", "", true) == "?");
  CHECK(places("42", row_of({Instruction::refresh_by_id(kShelves, 7)}), "", true).empty());
}

}  // namespace
}  // namespace crier::test
