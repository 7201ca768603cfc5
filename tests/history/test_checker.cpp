// SPDX-License-Identifier: MIT
// One history for each rule that breaks it, and beside it one that does not.
#include "history/checker.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::history {
namespace {

// Two nodes with a cache `c`, who have begun with an empty log and what was there before.
struct Told {
  Told() {
    tell("1 publish - first 0 1 9 c/*");
    tell("2 start a");
    tell("3 start b");
    tell("4 at a 0");
    tell("5 at b 0");
  }
  void tell(const std::string& line) { checker.take(parse(line)); }
  // Key c/1 gets version 10 with entry 1, of which `a` tells.
  void change() {
    tell("10 publish a x 0 10 10 c/1");
    tell("12 acknowledged a x 1");
  }
  void is(Violation violation) {
    REQUIRE(checker.findings().size() == 1);
    const std::string what = checker.findings()[0].what;
    CAPTURE(what);
    CHECK(to_string(checker.findings()[0].violation) == to_string(violation));
    CHECK(checker.count(violation) == 1);
  }
  void is_right() {
    const std::string what = checker.findings().empty() ? "" : checker.findings()[0].what;
    CHECK(what == "");
  }
  Checker checker;
};

TEST_CASE_FIXTURE(Told, "a read that is older than what its node had applied is stale") {
  change();
  SUBCASE("by the instruction") { tell("20 applied b 1 c/1"); }
  SUBCASE("by the position") {
    tell("19 applied b 1 c/1");
    tell("20 at b 1");
  }
  SUBCASE("by a resync") { tell("20 resync b 1"); }
  tell("22 read b 21 c/1 9");
  is(Violation::stale);
}

TEST_CASE_FIXTURE(Told, "of an entry with several keys one may be applied before the other") {
  tell("10 publish a x 0 10 11 c/1,c/2");
  tell("12 acknowledged a x 1");
  tell("20 applied b 1 c/1");
  tell("22 read b 21 c/2 9");
  is_right();
  tell("23 applied b 1 c/2");
  tell("25 read b 24 c/2 9");
  is(Violation::stale);
}

TEST_CASE_FIXTURE(Told, "a change of all keys is one of each") {
  tell("10 publish a x 0 10 20 c/*");
  tell("12 acknowledged a x 1");
  tell("20 applied b 1 c/*");
  tell("22 read b 21 c/1 15");
  is_right();
  tell("24 read b 23 c/2 9");
  is(Violation::stale);
}

TEST_CASE_FIXTURE(Told, "what is published later than it is applied counts all the same") {
  tell("10 publish a x 0 10 10 c/1");
  tell("11 applied b 1 c/1");
  tell("12 acknowledged a x 1");
  tell("14 read b 13 c/1 9");
  is(Violation::stale);
}

TEST_CASE_FIXTURE(Told, "a read that began before its node had applied it may be old") {
  change();
  tell("20 applied b 1 c/1");
  tell("21 read b 19 c/1 9");
  tell("22 read b 21 c/1 10");
  tell("23 read b 22 c/2 9");  // another key
  is_right();
  CHECK(checker.reads() == 3);
  CHECK(checker.bounded_reads() == 1);
}

TEST_CASE_FIXTURE(Told, "who publishes reads what it has published") {
  change();
  tell("14 read a 13 c/1 9");
  is(Violation::unread_own);
}

TEST_CASE_FIXTURE(Told, "a wait that says yes is binding") {
  change();
  SUBCASE("on one node") { tell("20 waited b 15 1 yes"); }
  SUBCASE("on all") { tell("20 waited a,b 15 1 yes"); }
  tell("22 read b 21 c/1 9");
  is(Violation::unwaited);
}

TEST_CASE_FIXTURE(Told, "a wait that says no is not") {
  change();
  tell("20 waited b 15 1 no");
  tell("22 read b 21 c/1 9");
  is_right();
}

TEST_CASE_FIXTURE(Told, "a node does not go back") {
  change();
  tell("22 read b 21 c/1 10");
  tell("24 read b 23 c/1 9");
  is(Violation::went_back);
}

TEST_CASE_FIXTURE(Told, "reads at the same time, on other nodes and of another start may differ") {
  change();
  tell("22 read b 20 c/1 10");
  tell("23 read b 21 c/1 9");
  tell("24 stop b");
  tell("25 start b");
  tell("27 read b 26 c/1 9");
  is_right();
}

TEST_CASE_FIXTURE(Told, "what was never committed is not served") {
  SUBCASE("nobody had begun to") { tell("12 read b 11 c/1 10"); }
  SUBCASE("of another key") {
    tell("10 publish a x 0 10 10 c/1");
    tell("12 read b 11 c/2 10");
  }
  SUBCASE("it had been rolled back") {
    tell("10 publish a x 0 10 10 c/1");
    tell("11 failed x");
    tell("13 read b 12 c/1 10");
  }
  SUBCASE("it is rolled back then") {
    tell("10 publish a x 0 10 10 c/1");
    tell("12 read b 11 c/1 10");
    tell("13 failed x");
  }
  SUBCASE("by a loader") { tell("12 load b 11 c/1 10"); }
  is(Violation::uncommitted);
}

TEST_CASE_FIXTURE(Told, "an entry that was passed was applied") {
  change();
  SUBCASE("not at all") { tell("20 at b 1"); }
  SUBCASE("another key") {
    tell("19 applied b 1 c/2");
    tell("20 at b 1");
  }
  SUBCASE("the acknowledgement comes last") {
    tell("20 publish a y 0 11 11 c/1");
    tell("21 applied b 1 c/1");
    tell("22 at b 2");
    tell("23 acknowledged a y 2");
  }
  is(Violation::lost);
}

TEST_CASE_FIXTURE(Told, "an entry that was passed was applied, or what came for it") {
  change();
  SUBCASE("itself") { tell("19 applied b 1 c/1"); }
  SUBCASE("a later one") { tell("19 applied b 2 c/1"); }
  SUBCASE("a full refresh") { tell("19 applied b 1 c/*"); }
  SUBCASE("a resync") { tell("19 resync b 1"); }
  SUBCASE("a start after it") {
    tell("17 stop b");
    tell("18 start b");
  }
  tell("20 at b 1");
  tell("21 at a 1");  // its own
  is_right();
}

TEST_CASE_FIXTURE(Told, "what a restore took is not served by who has refreshed everything since") {
  change();
  tell("13 read b 12 c/1 10");
  tell("20 restore 15 0 10 10");
  tell("22 read b 21 c/1 10");  // it can't know yet
  is_right();
  tell("30 resync b 0");
  tell("31 read b 29 c/1 10");
  tell("33 read b 32 c/1 9");
  is_right();
  tell("35 read b 34 c/1 10");
  is(Violation::taken_back);
}

TEST_CASE_FIXTURE(Told, "a read may meet what a restore brings back before that is told") {
  change();
  tell("13 applied b 1 c/1");
  tell("17 read b 16 c/1 9");
  SUBCASE("if it ended after the restore began") {
    tell("20 restore 15 0 10 10");
    is_right();
  }
  SUBCASE("not if it ended before") {
    tell("20 restore 18 0 10 10");
    is(Violation::stale);
  }
  SUBCASE("not if the restore brings back no such version") {
    tell("20 restore 15 0 5 10");
    is(Violation::stale);
  }
}

TEST_CASE_FIXTURE(Told, "after a restore the same ids are of other entries") {
  change();
  tell("13 applied b 1 c/1");
  tell("14 at b 1");
  tell("20 restore 15 0 10 10");
  tell("21 at b 1");  // in the old log
  tell("23 publish a y 0 20 20 c/2");
  tell("24 acknowledged a y 1");
  tell("26 read b 25 c/2 9");
  tell("27 waited b 16 1 yes");
  tell("29 read b 28 c/2 9");
  is_right();
  tell("30 resync b 1");
  tell("32 read b 31 c/2 9");
  is(Violation::stale);
}

TEST_CASE_FIXTURE(Told, "who has noticed a restore before it was told stands in the new log") {
  tell("10 publish a x 0 10 10 c/1");
  tell("12 acknowledged a x 1");
  tell("18 resync b 0");
  tell("20 restore 15 0 10 10");
  tell("23 publish a y 0 20 20 c/2");
  tell("24 acknowledged a y 1");
  tell("25 applied b 1 c/2");
  tell("27 read b 26 c/2 9");
  is(Violation::stale);
}

}  // namespace
}  // namespace crier::history
