// SPDX-License-Identifier: MIT
#include "cli/database.hpp"
#include "support/effort.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace crier::test {
namespace {

struct BadRow {
  const char* name;
  std::string json;
  std::string problem;  // the beginning of what is said
};

std::string instruction(const std::string& fields) {
  return R"([{"RefresherId":")" + kProducts + "\"," + fields + "}]";
}

const std::vector<BadRow>& bad_rows() {
  static const std::vector<BadRow> rows{
      {"empty", "", "The text is empty"},
      {"not JSON", "[{", "The text is not JSON"},
      {"an object", "{}", "The text is an object"},
      {"null", "null", "The text is null"},
      {"a number", "3", "The text is a number"},
      {"an array of a number", "[1]", "Element 1 is a number"},
      {"a deep array that never ends", std::string(100'000, '['), "The text is not JSON"},
      {"an unknown type number", instruction(R"("RefreshType":77)"),
       "Element 1: RefreshType is 77"},
      {"an id beyond 64 bits", instruction(R"("RefreshType":2,"IntId":9223372036854775808)"),
       "Element 1: IntId"},
      {"ids beyond 64 bits", instruction(R"("RefreshType":3,"JsonIds":"[99999999999999999999]")"),
       "Element 1: JsonIds"},
      {"a refresher that is no GUID", R"([{"RefresherId":"shop"}])", "Element 1: RefresherId"},
      {"invalid UTF-8", "[{\"RefresherId\":\"\xff\x9b\"}]", "The text is not JSON"},
      {"a NUL byte", std::string("[]\0[]", 5), "The text is not JSON"},
      {"a terminal's escapes",
       "\x1b]0;owned\x07\xc2\x9b"
       "2J",
       "The text is not JSON"},
      {"megabytes that are no JSON", std::string(kHugeBytes, 'x'), "The text is not JSON"},
  };
  return rows;
}

// A terminal must not see any control character but the ends of lines.
bool harmless(const std::string& text) {
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == '\x7f') {
      return false;
    }
  }
  return text.find("\xc2\x9b") == std::string::npos;
}

TEST_CASE("a bad row is named by list, show and tail, as text and as JSON, and refused by replay") {
  for (const BadRow& row : bad_rows()) {
    CAPTURE(row.name);
    const Database database;
    database.put(1, row.json);
    const auto names_it = [&](const Outcome& outcome) {
      CHECK(outcome.code == 0);
      CHECK(outcome.out.find(row.problem) != std::string::npos);
      CHECK(outcome.out.size() < 100'000);
      CHECK(harmless(outcome.out + outcome.err));
    };
    names_it(database.run({"list", "--wide"}));
    names_it(database.run({"list", "--json"}));
    names_it(database.run({"list", "--wide", "--reverse"}));
    names_it(database.run({"show", "1"}));
    names_it(database.run({"show", "1", "--json"}));

    RunningTool tail({"tail", "--from-start", "--wide"}, database.url());
    CHECK(tail.prints(row.problem));
    names_it(tail.stop());

    const Outcome replay = database.run({"replay", "1"});
    CHECK(replay.code == 1);
    CHECK(replay.out.empty());
    CHECK(replay.err.starts_with("crier: entry 1 can't be read, and nothing was written: " +
                                 row.problem));
    CHECK(harmless(replay.err));
    CHECK(database.rows() == "1");
  }
}

TEST_CASE("show prints the text that can't be read, made visible and cut") {
  const Database database;
  database.put(1, std::string("\x1b[2J\0\xff", 6));
  database.put(2, std::string(kHugeBytes, 'x'));
  CHECK(database.run({"show", "1"}).out.ends_with("\nraw     \\u001b[2J\\u0000\\xff\n"));
  CHECK(database.run({"show", "2"})
            .out.ends_with(std::string(16 * 1024, 'x') + "... (" + std::to_string(kHugeBytes) +
                           " bytes)\n"));
}

TEST_CASE("a node passes bad rows, says what they are, and goes on") {
  const Database database;
  RunningTool node({"node", "--name", "web-1", "--json"}, database.url());
  REQUIRE(node.says("following"));
  std::int64_t id = 0;
  for (const BadRow& row : bad_rows()) {
    database.put(++id, row.json);
  }
  database.put(++id, all_of(kOrders));
  CHECK(node.prints("{\"entry\":" + std::to_string(id) + ",\"refresher\":\"" + kOrders));
  const Outcome outcome = node.stop();
  CHECK(outcome.code == 0);
  for (const BadRow& row : bad_rows()) {
    CAPTURE(row.name);
    CHECK(outcome.err.find(row.problem) != std::string::npos);
  }
  CHECK(harmless(outcome.out + outcome.err));
}

TEST_CASE("an array that is 100,000 deep and holds nothing is an entry without instructions") {
  const Database database;
  database.put(1, std::string(100'000, '[') + std::string(100'000, ']'), "shop", 0);
  CHECK(database.run({"list"}).out.ends_with(
      "\n1       11-21 10:00:01  shop            no instructions\n"));
  CHECK(database.run({"show", "1"}).code == 0);
  CHECK(database.run({"replay", "1"}).out == "1 -> 2\n");
}

TEST_CASE("a payload of megabytes is cut in text, and whole in JSON") {
  const Database database;
  const std::string payload(kHugeBytes, 'x');
  database.put(1, instruction(R"("RefreshType":4,"JsonPayload":"\")" + payload + R"(\"")"), "shop");
  CHECK(database.run({"list", "--wide"})
            .out.ends_with("  1      " + kProducts + " refresh_by_json \"" + std::string(79, 'x') +
                           "... (" + std::to_string(kHugeBytes + 2) + " bytes)\n"));
  CHECK(database.run({"show", "1"}).out.size() < 20'000);
  const std::string json = "\"payload\":\"\\\"" + payload + "\\\"\"";
  CHECK(database.run({"show", "1", "--json"}).out.find(json) != std::string::npos);

  RunningTool node({"node", "--name", "web-1", "--json", "--exec", "true"}, database.url());
  REQUIRE(node.says("following"));
  CHECK(database.run({"replay", "1"}).out == "1 -> 2\n");
  CHECK(node.prints(json, std::chrono::minutes(3)));  // byte by byte, slow under a sanitizer
  node.stop();
}

TEST_CASE("an origin and a stamp can't inject a terminal's escapes") {
  const Database database;
  database.put(1, all_of(kProducts), "\x1b[31mshop\xff\n");
  run_sql(database.path(), "UPDATE crierCacheInstruction SET utcStamp = char(27) || '[2J'");
  for (const Args& args : {Args{"list", "--wide"}, {"show", "1"}, {"list", "--json"}}) {
    const Outcome outcome = database.run(args);
    CHECK(outcome.code == 0);
    CHECK(harmless(outcome.out));
    CHECK(outcome.out.find("\\u001b[31mshop") != std::string::npos);
    CHECK(outcome.out.find("\\u001b[2J") != std::string::npos);
  }
}

TEST_CASE("JSON does not let a terminal's escapes through either") {
  const Database database;
  database.put(1, instruction("\"RefreshType\":4,\"JsonPayload\":\"\\\"\xc2\x9b\x7f\\\"\""));
  CHECK(database.run({"list", "--json"}).out.find("\"payload\":\"\\\"\\u009b\\u007f\\\"\"") !=
        std::string::npos);
}

}  // namespace
}  // namespace crier::test
