// SPDX-License-Identifier: MIT
#include <crier/entry.hpp>

#include "base/position.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <thread>

namespace crier::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Cursor at(std::int64_t id) { return {EntryId{id}, Fingerprint{static_cast<std::uint64_t>(id)}}; }

TEST_CASE("a position tells where it is, and how often it was moved to another place") {
  Position position;
  CHECK(position.state().cursor == Cursor());
  CHECK(position.state().resets == 0);
  position.reset(at(7));
  position.advance(at(8));
  CHECK(position.state().cursor == at(8));
  CHECK(position.entry() == EntryId{8});
  CHECK(position.state().resets == 1);
}

TEST_CASE("each look and each move shows that the poller is alive") {
  Position position;
  const auto moved = [&](auto move) {
    const auto before = coarse_now();
    move();
    return position.state().alive_at >= before;
  };
  CHECK(moved([&] { position.still_here(); }));
  CHECK(moved([&] { position.advance(at(1)); }));
  CHECK(moved([&] { position.reset(at(1)); }));
  CHECK(moved([&] { position.lose(); }));
  CHECK(moved([&] { position.looked({}, false); }));
  CHECK(moved([&] { position.saw_canary({1}); }));
}

TEST_CASE("a position goes on, and back only by a reset") {
  Position position;
  position.advance(at(8));
  position.advance(at(7));
  CHECK(position.entry() == EntryId{8});
  position.reset(at(3));
  CHECK(position.entry() == EntryId{3});
}

TEST_CASE("a position that is lost is nowhere until it is reset") {
  Position position;
  position.advance(at(8));
  position.lose();
  CHECK(position.entry() == EntryId());
  CHECK(position.state().cursor == at(8));
  CHECK_FALSE(position.wait({1}, milliseconds(0)));
  position.advance(at(9));  // in the log that is no longer there
  CHECK(position.entry() == EntryId());
  position.reset(at(2));
  CHECK(position.entry() == EntryId{2});
  CHECK(position.wait({2}, milliseconds(0)));
}

TEST_CASE("a position knows when the log was looked at, when that proved it, and the canary") {
  Position position;
  const Position::Clock::time_point first = Position::Clock::now() + seconds(1);
  position.looked(first, true);
  position.looked(first + seconds(1), false);
  CHECK(position.state().looked_at == first + seconds(1));
  CHECK(position.state().proved_at == first);
  CHECK(position.state().canary == EntryId());
  position.saw_canary({5});
  CHECK(position.state().canary == EntryId{5});
}

TEST_CASE("a closed position says so") {
  Position position;
  CHECK_FALSE(position.is_closed());
  position.close();
  CHECK(position.is_closed());
}

TEST_CASE("a wait ends as soon as the entry is reached") {
  Position position;
  position.advance(at(3));
  CHECK(position.wait({3}, milliseconds(0)));
  CHECK_FALSE(position.wait({4}, milliseconds(0)));
  std::jthread mover([&] {
    position.advance(at(4));
    position.advance(at(5));
  });
  CHECK(position.wait({5}, seconds(20)));
}

TEST_CASE("a wait for a place that a reset has jumped over ends, too") {
  Position position;
  std::jthread mover([&] { position.reset(at(9)); });
  CHECK(position.wait({5}, seconds(20)));
}

TEST_CASE("closing ends every wait, now and later, and reached stays reached") {
  Position position;
  position.advance(at(3));
  std::jthread closer([&] { position.close(); });
  CHECK_FALSE(position.wait({4}, std::chrono::milliseconds::max()));
  CHECK_FALSE(position.wait({4}, std::chrono::milliseconds::max()));
  CHECK(position.wait({3}, std::chrono::milliseconds::max()));
}

TEST_CASE("the id of an entry goes into a text and back") {
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{1}, std::int64_t{42},
                                   std::numeric_limits<std::int64_t>::max()}) {
    const EntryId id{value};
    CHECK(EntryId::parse(id.to_string()) == id);
  }
  CHECK(EntryId{42}.to_string() == "42");
  for (const char* text : {"", " 1", "1 ", "-1", "-0", "+1", "01", "00", "0x1", "1.0", "one",
                           "9223372036854775808", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(EntryId::parse(text));
  }
  CHECK_FALSE(EntryId::parse(std::string_view("1\0", 2)));
}

}  // namespace
}  // namespace crier::test
