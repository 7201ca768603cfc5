// SPDX-License-Identifier: MIT
#include "store/postgres/listener_spread.hpp"
#include "store/postgres/notify_payload.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

namespace crier::postgres {
namespace {

using namespace std::chrono_literals;

// Twelve hex digits.
std::string number(int n) {
  std::array<char, 20> digits{};
  std::snprintf(digits.data(), digits.size(), "%012x", static_cast<unsigned>(n));
  return digits.data();
}

using Kind = NotifyPayload::Kind;

// The name of the nth of those who listen.
Guid name(int n) { return Guid::parse("7c9e6679-7425-40de-944b-" + number(n)).value(); }

TEST_CASE("a note says who rings, or that it is a proof only") {
  CHECK(parse_payload(ring_payload(name(1))).kind == Kind::ring);
  CHECK(parse_payload(ring_payload(name(1))).from == name(1));
  CHECK(parse_payload(proof_payload(name(2))).kind == Kind::proof);
  CHECK(parse_payload(proof_payload(name(2))).from == name(2));
}

TEST_CASE("a note of an earlier crier, which told rings for entries apart, is a ring") {
  CHECK(parse_payload("cr e" + name(1).to_string()).kind == Kind::ring);
  CHECK(parse_payload("cr e" + name(1).to_string()).from == name(1));
}

TEST_CASE("what is no note of crier's is a ring from nobody") {
  const std::string me = name(1).to_string();
  for (const std::string& text :
       {std::string(), std::string("cr "), std::string("end"), std::string("cr c"), me,
        "cr c" + me + " ", "cr c " + me.substr(1), "cr p" + me.substr(1),
        "cr p" + std::string(36, 'x'), "cr p{" + me.substr(1, 34) + "}", std::string("cr pme"),
        std::string(8000, 'x'), "cr p" + std::string(7996, '0')}) {
    CAPTURE(text);
    CHECK(parse_payload(text).kind == Kind::ring);
    CHECK(parse_payload(text).from.empty());
  }
}

TEST_CASE(
    "a few who listen look at once, many spread, and who is not heard any more is forgotten") {
  ListenerSpread herd;
  const ListenerSpread::Time begin{};
  CHECK(herd.spread() == 0us);
  for (int i = 0; i < 10; ++i) {
    herd.heard(name(i), begin);
    herd.heard(name(i), begin);
  }
  CHECK(herd.spread() == 0us);
  for (int i = 0; i < 40; ++i) {
    herd.heard(name(i), begin + 60s);
  }
  CHECK(herd.spread() == 2ms);
  for (int i = 0; i < 1000; ++i) {
    herd.heard(name(i), begin + 61s);
  }
  CHECK(herd.spread() == 5ms);
  herd.heard(name(1000), begin + 300s);
  CHECK(herd.spread() == 0us);
}

TEST_CASE(
    "names that are made up are no more work than those who listen, nor keep them out for good") {
  ListenerSpread herd;
  const ListenerSpread::Time begin{};
  // What is remembered and looked at of each: this takes minutes if all of them are.
  for (int i = 0; i < 1'000'000; ++i) {
    herd.heard(name(i), begin + std::chrono::microseconds(i));
  }
  CHECK(herd.spread() == 5ms);
  for (int i = 0; i < 20; ++i) {
    herd.heard(name(-i), begin + 200s);
  }
  CHECK(herd.spread() == 1ms);
}

}  // namespace
}  // namespace crier::postgres
