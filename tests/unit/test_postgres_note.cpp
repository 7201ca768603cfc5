// SPDX-License-Identifier: MIT
#include "store/postgres/herd.hpp"
#include "store/postgres/note.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::postgres {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a note says who rings, and how loud") {
  for (const Ring ring : {Ring::none, Ring::entry, Ring::call}) {
    const std::string text = note_of(ring, "me");
    CHECK(note_in(text).ring == ring);
    CHECK(note_in(text).from == "me");
  }
}

TEST_CASE("what is no note of crier's is a call from nobody") {
  for (const char* const text : {"", "cr ", "end", "crier", "p"}) {
    CAPTURE(text);
    CHECK(note_in(text).ring == Ring::call);
    CHECK(note_in(text).from.empty());
  }
}

TEST_CASE(
    "a few who listen look at once, many spread, and who is not heard any more is forgotten") {
  Herd herd;
  const Herd::Time begin{};
  CHECK(herd.spread() == 0us);
  for (int i = 0; i < 10; ++i) {
    herd.heard(std::to_string(i), begin);
    herd.heard(std::to_string(i), begin);
  }
  CHECK(herd.spread() == 0us);
  for (int i = 0; i < 40; ++i) {
    herd.heard(std::to_string(i), begin + 60s);
  }
  CHECK(herd.spread() == 2ms);
  for (int i = 0; i < 1000; ++i) {
    herd.heard(std::to_string(i), begin + 61s);
  }
  CHECK(herd.spread() == 5ms);
  herd.heard("last", begin + 300s);
  CHECK(herd.spread() == 0us);
}

}  // namespace
}  // namespace crier::postgres
