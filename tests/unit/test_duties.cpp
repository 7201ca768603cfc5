// SPDX-License-Identifier: MIT
// How duties are performed, whatever they are.
#include <crier/error.hpp>

#include "keeper/duties.hpp"
#include "support/memory_store.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

struct DutyListFixture {
  MemoryStore store;
  Record log;
  Reporter reporter{nullptr,
                    [this](LogLevel, std::string_view text) { log.add(std::string(text)); }};
  Duties duties{store, reporter};
  Lines done;

  // Writes down that it was performed, and that it failed.
  Duty duty(std::string_view name) {
    return {name, [this, name](Connection&) { done.emplace_back(name); },
            [this, name] { done.push_back("not " + std::string(name)); }};
  }
  Duty failing(std::string_view name, Error::Kind kind = Error::Kind::failed) {
    Duty one = duty(name);
    one.perform = [name, kind](Connection&) {
      throw Error("x", std::string(name) + " broke", kind);
    };
    return one;
  }
  bool perform(const std::vector<Duty>& all) { return duties.perform(all); }
};

TEST_CASE_FIXTURE(DutyListFixture, "duties are performed in order, on one connection") {
  CHECK(perform({duty("a"), duty("b"), duty("c")}));
  CHECK(perform({duty("d")}));
  CHECK(done == Lines{"a", "b", "c", "d"});
  CHECK(store.connects == 1);
  CHECK(log.lines().empty());
}

TEST_CASE_FIXTURE(DutyListFixture,
                  "one that fails is named and taken back, and the others go on, anew connected") {
  CHECK_FALSE(perform({duty("a"), failing("b"), duty("c"), failing("d"), duty("e")}));
  CHECK(done == Lines{"a", "not b", "c", "not d", "e"});
  CHECK(store.connects == 3);
  CHECK(log.take() ==
        Lines{"b failed and is tried again: b broke", "d failed and is tried again: d broke"});
  CHECK_FALSE(perform({duty("b"), failing("d")}));
  CHECK(log.take() == Lines{"b works again"});
  CHECK(perform({duty("d")}));
  CHECK(log.take() == Lines{"d works again"});
}

TEST_CASE_FIXTURE(DutyListFixture, "what is no Error, and a memory that is short, is contained") {
  Duty odd = duty("odd");
  odd.perform = [](Connection&) { throw 7; };  // NOLINT(hicpp-exception-baseclass)
  Duty short_of_memory = duty("short");
  short_of_memory.perform = [](Connection&) { throw std::bad_alloc(); };
  short_of_memory.failed = [] { throw std::bad_alloc(); };
  CHECK_FALSE(perform({odd, short_of_memory, duty("c")}));
  CHECK(done == Lines{"not odd", "c"});
  CHECK(log.size() == 2);
}

TEST_CASE_FIXTURE(DutyListFixture, "a database that can't be reached is said once") {
  bool reachable = false;
  store.before = [&](std::string_view operation) {
    if (operation == "connect" && !reachable) {
      throw Error("open", "it is not there");
    }
  };
  SUBCASE("from the beginning") {
    CHECK_FALSE(perform({duty("a"), duty("b"), duty("c")}));
    CHECK(done == Lines{"not a", "not b", "not c"});
    CHECK(log.take() ==
          Lines{"the keeper's connection failed and is tried again: it is not there"});
  }
  SUBCASE("from some duty on") {
    reachable = true;
    Duty cut = failing("b");
    cut.perform = [&](Connection&) {
      reachable = false;
      throw Error("x", "it is gone");
    };
    CHECK_FALSE(perform({duty("a"), cut, duty("c"), duty("d")}));
    CHECK(done == Lines{"a", "not b", "not c", "not d"});
    CHECK(log.take() ==
          Lines{"b failed and is tried again: it is gone",
                "the keeper's connection failed and is tried again: it is not there"});
  }
  CHECK_FALSE(perform({duty("a")}));
  CHECK(log.take().empty());
  reachable = true;
  CHECK(perform({duty("a")}));
  CHECK(log.take() == Lines{"the keeper's connection works again"});
}

TEST_CASE_FIXTURE(DutyListFixture,
                  "after one that waited in vain the others of its run wait less") {
  std::vector<std::chrono::milliseconds> deadlines;
  const Duty look{"look",
                  [&](Connection& connection) { deadlines.push_back(connection.deadline()); }};
  using Deadlines = std::vector<std::chrono::milliseconds>;
  perform({look, failing("a"), look, failing("b", Error::Kind::retryable), look});
  CHECK(deadlines == Deadlines{5000ms, 5000ms, 500ms});
  deadlines.clear();
  perform({look});
  CHECK(deadlines == Deadlines{5000ms});
  deadlines.clear();
  duties.hurry(300ms);
  perform({look, failing("b", Error::Kind::retryable), look});
  CHECK(deadlines == Deadlines{300ms, 300ms});
}

}  // namespace
}  // namespace crier::test
