// SPDX-License-Identifier: MIT
#include "history/checker.hpp"
#include "history/history.hpp"
#include "history/recorder.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

namespace crier::history {
namespace {

struct Files {
  test::TempDir dir;
  std::vector<std::string> paths;

  void add(const std::string& text) {
    paths.push_back((dir / ("p" + std::to_string(paths.size()))));
    std::ofstream(paths.back()) << text;
  }
  // What is wrong with the first file: "LINE: …"; else how many events there are.
  std::string refusal() {
    std::size_t events = 0;
    try {
      merge(paths, [&](const Event&) { ++events; });
    } catch (const Unreadable& error) {
      const std::string what = error.what();
      REQUIRE(what.starts_with(paths[0] + ':'));
      return what.substr(paths[0].size() + 1);
    }
    return std::to_string(events);
  }
};

const std::string kBegin = "crier-history 1 p\n1 start a\n";

TEST_CASE("every event is read as it was printed") {
  for (const std::string line : {"1 start a",
                                 "2 stop a",
                                 "3 publish a x 4 5 6 c/1,c/2",
                                 "3 publish - x 0 5 5 c/*",
                                 "4 failed x",
                                 "5 committed x",
                                 "6 acknowledged a x 7",
                                 "7 applied a 7 c/1",
                                 "8 at a 7",
                                 "9 resync a 7",
                                 "9 load a 8 c/1 5",
                                 "10 read a 9 c/1 5",
                                 "11 waited a,b 9 7 yes",
                                 "12 waited a 9 7 no",
                                 "13 restore 12 7 5 6",
                                 "14 kill p",
                                 "15 pause p",
                                 "16 resume p",
                                 "17 clone p",
                                 "18 schema dropped-an-index",
                                 "19 end"}) {
    CHECK(print(parse(line)) == line);
  }
}

TEST_CASE_FIXTURE(Files, "what processes have told is merged by time") {
  add("crier-history 1 p\n1 start a\n5 at a 1\n9 stop a\n9 end\n");
  add("crier-history 1 q\n2 start b\n5 at b 1\n8 end\n");
  std::string order;
  merge(paths, [&](const Event& event) { order += std::to_string(event.time) + event.node + ' '; });
  CHECK(order == "1a 2b 5a 5b 8 9a 9 ");
}

TEST_CASE_FIXTURE(Files, "a file that is longer than a part of it is read whole") {
  std::string text = kBegin;
  for (int i = 1; i <= 20'000; ++i) {
    text += std::to_string(i) + " at a " + std::to_string(i) + '\n';
  }
  add(text + "20001 end\n");
  CHECK(refusal() == "20002");
}

TEST_CASE_FIXTURE(Files, "a history that is cut is refused with its line") {
  SUBCASE("empty") {
    add("");
    CHECK(refusal() == "1: it is cut: a history begins with 'crier-history 1 PROCESS'");
  }
  SUBCASE("in the middle of a line") {
    add(kBegin + "2 at a");
    CHECK(refusal() == "3: it is cut in the middle of a line, and nobody has killed p");
  }
  SUBCASE("between two lines") {
    add(kBegin);
    CHECK(refusal() == "2: it is cut: its end is missing, and nobody has killed p");
  }
  SUBCASE("of another one that was killed") {
    add(kBegin + "2 at a");
    add("crier-history 1 q\n3 kill r\n4 end\n");
    CHECK(refusal() == "3: it is cut in the middle of a line, and nobody has killed p");
  }
}

TEST_CASE_FIXTURE(Files, "who was killed may have been writing") {
  add(kBegin + "2 at a");
  add("crier-history 1 q\n3 kill p\n4 end\n");
  CHECK(refusal() == "3");
}

TEST_CASE_FIXTURE(Files, "a history of another version is refused") {
  add("crier-history 2 p\n1 end\n");
  CHECK(refusal() ==
        "1: 'crier-history 2 p' is not how a history of this version begins: 'crier-history 1 "
        "PROCESS'");
}

TEST_CASE_FIXTURE(Files, "a line that is none is refused") {
  std::string line;
  std::string why;
  const auto is = [&](const char* text, const char* what) {
    line = text;
    why = what;
  };
  SUBCASE("") { is("x at a 1", "'x' is no number of 0 or above"); }
  SUBCASE("") { is("2 at a -1", "'-1' is no number of 0 or above"); }
  SUBCASE("") { is("2 at a 1x", "'1x' is no number of 0 or above"); }
  SUBCASE("") { is("2 at a", "a field is missing"); }
  SUBCASE("") { is("2 at  1", "a field is missing"); }
  SUBCASE("") { is("2 at a 1 2", "'2' is more than an event of 'at' has"); }
  SUBCASE("") { is("2 sleeps a", "'sleeps' is no event"); }
  SUBCASE("") { is("2 waited a 1 1 maybe", "'maybe' is neither yes nor no"); }
  SUBCASE("") { is("2 read a 3 c/1 1", "it ends before it began"); }
  SUBCASE("") { is("2 publish a x 0 9 8 c/1", "it ends before it began"); }
  add(kBegin + line + "\n9 end\n");
  CHECK(refusal() == "3: " + why);
}

TEST_CASE_FIXTURE(Files, "events in an order that can't be are refused with their line") {
  std::string lines;
  std::string why;
  const auto is = [&](const char* text, const char* what) {
    lines = text;
    why = what;
  };
  SUBCASE("") { is("2 at a 1\n1 at a 1", "its time is before that of the line before"); }
  SUBCASE("") { is("2 at a 1\n2 start a", "a starts while it runs"); }
  SUBCASE("") { is("2 at a 1\n2 stop b", "b stops, and has not started"); }
  SUBCASE("") { is("2 stop a\n2 at a 1", "a does something, and does not run"); }
  SUBCASE("") { is("2 at a 1\n2 read b 1 c/1 1", "b does something, and does not run"); }
  SUBCASE("") { is("2 at a 1\n2 failed x", "change x has an outcome, and was not made"); }
  SUBCASE("") { is("2 publish a x 0 1 1 c/1\n2 publish a x 0 1 1 c/1", "change x is made twice"); }
  SUBCASE("") { is("2 end\n2 at a 1", "it goes on after its end"); }
  add(kBegin + lines + "\n9 end\n");
  CHECK(refusal() == "4: " + why);
}

TEST_CASE_FIXTURE(Files, "a change has one outcome") {
  add(kBegin + "2 publish a x 0 1 1 c/1\n3 acknowledged a x 1\n4 failed x\n9 end\n");
  CHECK(refusal() == "5: change x has two outcomes");
}

TEST_CASE_FIXTURE(Files, "what is recorded can be read, in the order of its time") {
  paths.push_back(dir / "p");
  {
    Recorder recorder(paths[0], "p");
    recorder.put({.kind = Kind::start, .node = "a"});
    const std::int64_t began = now();
    recorder.put({.kind = Kind::at, .node = "a", .entry = 7});
    recorder.put_as_of_now([&] {
      return Event{.kind = Kind::read, .node = "a", .began = began, .keys = {"c/1"}, .version = 5};
    });
  }
  std::vector<Event> events;
  merge(paths, [&](const Event& event) { events.push_back(event); });
  REQUIRE(events.size() == 4);
  CHECK(events[1].entry == 7);
  CHECK(events[2].began <= events[1].time);
  CHECK(events[2].version == 5);
}

TEST_CASE_FIXTURE(Files, "what others may see is written before it can be seen") {
  paths.push_back(dir / "p");
  Recorder recorder(paths[0], "p");
  recorder.put(
      {.kind = Kind::publish, .node = "a", .id = "x", .first = 1, .last = 1, .keys = {"c/1"}});
  CHECK(File(paths[0]).event().id == "x");
}

}  // namespace
}  // namespace crier::history
