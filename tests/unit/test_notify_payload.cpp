// SPDX-License-Identifier: MIT
#include "store/postgres/listener_spread.hpp"
#include "store/postgres/notify_payload.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::postgres {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a note says who rings, or that it is a proof only") {
  CHECK_FALSE(parse_payload(ring_payload("me")).is_proof);
  CHECK(parse_payload(ring_payload("me")).from == "me");
  CHECK(parse_payload(proof_payload("me")).is_proof);
  CHECK(parse_payload(proof_payload("me")).from == "me");
}

TEST_CASE("a note of an earlier crier, which told rings for entries apart, is a ring") {
  CHECK_FALSE(parse_payload("cr eme").is_proof);
  CHECK(parse_payload("cr eme").from == "me");
}

TEST_CASE("what is no note of crier's is a ring from nobody") {
  for (const char* const text : {"", "cr ", "end", "crier", "p"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_payload(text).is_proof);
    CHECK(parse_payload(text).from.empty());
  }
}

TEST_CASE(
    "a few who listen look at once, many spread, and who is not heard any more is forgotten") {
  ListenerSpread herd;
  const ListenerSpread::Time begin{};
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
