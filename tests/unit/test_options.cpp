// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "node_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>

namespace crier::test {

namespace {

using std::chrono::milliseconds;

std::string refused(Options options) {
  try {
    const Member member(std::move(options));
  } catch (const Error& error) {
    CHECK(error.invalid_argument());
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE_FIXTURE(NodeFixture, "Node: wrong options are refused at once, and named") {
  Options wrong = options();
  SUBCASE("interval") {
    wrong.poll_interval = milliseconds(0);
    Registry empty;
    CHECK_THROWS_WITH_AS(Node(wrong, std::move(empty)), "poll_interval is 0 ms: 1 ms at the least",
                         Error);
  }
  SUBCASE("a longer interval than can be counted") {
    wrong.poll_interval = milliseconds::max();
    Registry empty;
    CHECK_THROWS_WITH_AS(Node(wrong, std::move(empty)),
                         "poll_interval is 9223372036854775807 ms: 24 hours at the most", Error);
  }
  SUBCASE("limits") {
    wrong.max_processing_instructions = 0;
    CHECK(refused(wrong) == "max_processing_instructions is 0: 1 at the least");
    wrong = options();
    wrong.max_instructions_per_entry = 0;
    CHECK(refused(wrong) == "max_instructions_per_entry is 0: 1 at the least");
    wrong = options();
    wrong.max_entry_bytes = 0;
    CHECK(refused(wrong) == "max_entry_bytes is 0: 1 at the least");
    wrong = options();
    wrong.max_instruction_bytes = 0;
    CHECK(refused(wrong) == "max_instruction_bytes is 0: 1 at the least");
  }
  SUBCASE("names") {
    wrong.node_name = std::string(256, 'x');
    CHECK(refused(wrong) == "node_name is 256 bytes long: 255 at most");
    wrong.node_name = "a\nb";
    CHECK(refused(wrong) == "node_name holds a control character");
    wrong = options();
    wrong.application = "a\x7f";
    CHECK(refused(wrong) == "application holds a control character");
    wrong.application = "a\xff";
    CHECK(refused(wrong) == "application is not UTF-8");
    wrong.application = "\"\\é";
    CHECK(refused(wrong) == "accepted");
  }
  SUBCASE("store") {
    wrong.store = "mysql://host/db";
    CHECK(refused(wrong).find("mysql") != std::string::npos);
  }
  SUBCASE("right ones") { CHECK(refused(options()) == "accepted"); }
}

TEST_CASE_FIXTURE(NodeFixture, "Node: its name is stable, by default host/executable") {
  Options named = options();
  named.node_name = "web-1";
  CHECK(Member(named).node->name() == "web-1");
  const std::string name = Member(options()).node->name();
  CHECK(name.ends_with("/unit_node"));
}

}  // namespace crier::test
