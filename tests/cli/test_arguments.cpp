// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <sstream>
#include <string>

namespace crier::cli {
namespace {

// What a usage error says of `call`; anything else that happens is a failure.
std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    CHECK(error.invalid_argument());
    return error.what();
  }
  FAIL("it was taken");
  return {};
}

TEST_CASE("a GUID is taken in each of its forms") {
  const Guid guid = *Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7");
  CHECK(parse_guid("--guid", "7C9E6679-7425-40DE-944B-E07FC1F90AE7") == guid);
  CHECK(parse_guid("--guid", "7c9e6679742540de944be07fc1f90ae7") == guid);
  CHECK(parse_guid("--guid", "{7c9e6679-7425-40de-944b-e07fc1f90ae7}") == guid);
  CHECK(refusal([] { static_cast<void>(parse_guid("--guid", "7c9e6679")); }) ==
        "--guid: \"7c9e6679\" is not a GUID such as 7c9e6679-7425-40de-944b-e07fc1f90ae7");
}

TEST_CASE("an id has 64 bits") {
  CHECK(parse_id("--id", "-9223372036854775808") == INT64_MIN);
  CHECK(parse_id("--id", "9223372036854775807") == INT64_MAX);
  for (const char* text : {"9223372036854775808", "", "1x", " 1", "+1", "0x10", "1.0", "--1"}) {
    CHECK(refusal([&] { static_cast<void>(parse_id("--id", text)); }) ==
          "--id: \"" + std::string(text) + "\" is not a whole number of 64 bits");
  }
}

TEST_CASE("the id of an entry is not negative") {
  CHECK(parse_entry_id("--after", "0") == EntryId{0});
  CHECK(parse_entry_id("--after", "7") == EntryId{7});
  for (const char* text : {"-1", "seven", "9223372036854775808"}) {
    CHECK(refusal([&] { static_cast<void>(parse_entry_id("--after", text)); }) ==
          "--after: \"" + std::string(text) +
              "\" is not the id of an entry, a whole number from 0");
  }
}

TEST_CASE("a count is at least 1") {
  CHECK(parse_count("--limit", "1") == 1);
  for (const char* text : {"0", "-1", "many", "18446744073709551616"}) {
    CHECK(refusal([&] { static_cast<void>(parse_count("--limit", text)); }) ==
          "--limit: \"" + std::string(text) + "\" is not a whole number from 1");
  }
}

TEST_CASE("a time becomes what stands in the table") {
  const auto time = [](const char* text) { return parse_time("--since", text); };
  CHECK(time("2026-11-21") == "2026-11-21");
  CHECK(time("2026-11-21Z") == "2026-11-21");
  CHECK(time("2026-11-21 10:00") == "2026-11-21 10:00");
  CHECK(time("2026-11-21T10:00:05Z") == "2026-11-21 10:00:05");
  CHECK(time("2024-02-29 23:59:59.1234567") == "2024-02-29 23:59:59.1234567");
  SUBCASE("without zeros at the end, which Umbraco cuts") {
    CHECK(time("2026-11-21 10:00:05.500") == "2026-11-21 10:00:05.5");
    CHECK(time("2026-11-21 10:00:50.000") == "2026-11-21 10:00:50");
    CHECK(time("2026-11-20") == "2026-11-20");
  }
}

TEST_CASE("what is not a time is refused") {
  for (const char* text :
       {"", "yesterday", "2026-11", "2026-11-31", "2025-02-29", "2026-13-01", "26-11-21",
        "2026-11-21 ", "2026-11-21 24:00", "2026-11-21 10:60", "2026-11-21 10",
        "2026-11-21 10:00:60", "2026-11-21 10:00:00.", "2026-11-21 10:00 UTC",
        "2026-11-21T10:00+01:00", "2026/11/21", "2026-11-21 1:00", "2026-11-21ZZ"}) {
    CHECK(refusal([&] { static_cast<void>(parse_time("--since", text)); }) ==
          "--since: \"" + std::string(text) +
              "\" is not a time such as 2026-11-21 or \"2026-11-21 10:00:00\"");
  }
}

TEST_CASE("a payload is text, a file or standard input") {
  const test::TempDir folder;
  const std::string path = folder / "change.json";
  std::ofstream(path) << "{\"sku\": \"A-1\"}\r\n\n";
  std::istringstream in(" [1]\n");
  CHECK(read_payload("{}", in) == "{}");
  CHECK(read_payload("@" + path, in) == "{\"sku\": \"A-1\"}");
  CHECK(read_payload("-", in) == " [1]");
}

TEST_CASE("a payload that is no JSON document is refused") {
  for (const char* text : {"", "{", "{} {}", "sku", "'a'", "\"\xff\"", "[1,]"}) {
    std::istringstream in(text);
    CHECK(refusal([&] { static_cast<void>(read_payload("-", in)); }) ==
          "--payload: this is not a JSON document in UTF-8; nothing was written");
  }
}

TEST_CASE("a payload is not read beyond what an instruction may hold") {
  std::istringstream in("\"" + std::string(20 * 1024 * 1024, 'x') + "\"");
  CHECK(refusal([&] { static_cast<void>(read_payload("-", in)); }) ==
        "--payload: standard input holds more than 16777216 bytes; nothing was written");
}

TEST_CASE("a payload's file that can't be read is a failure") {
  const test::TempDir folder;
  std::istringstream in;
  const auto failure = [&](const std::string& path) -> std::string {
    try {
      static_cast<void>(read_payload("@" + path, in));
      return "it was taken";
    } catch (const Error& error) {
      CHECK_FALSE(error.invalid_argument());
      return error.what();
    }
  };
  const std::string missing = folder / "missing.json";
  CHECK(failure(missing) == "--payload: can't read " + missing + ": No such file or directory");
  CHECK(failure(folder.path()) ==
        "--payload: can't read " + folder.path().string() + ": Is a directory");
}

}  // namespace
}  // namespace crier::cli
