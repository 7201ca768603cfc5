// SPDX-License-Identifier: MIT
#include <crier/entry.hpp>

#include "base/deadline.hpp"
#include "base/position.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <thread>

namespace crier::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool wait(const Position& position, EntryId entry, milliseconds timeout) {
  const auto until = deadline_after(timeout);
  while (true) {
    const Position::State state = position.state();
    if (state.entry() >= entry || position.is_closed() || Position::Clock::now() >= until) {
      return position.entry() >= entry;
    }
    position.wait_change(state.changes, until);
  }
}

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
  CHECK_FALSE(wait(position, {1}, milliseconds(0)));
  position.advance(at(9));  // in the log that is no longer there
  CHECK(position.entry() == EntryId());
  position.reset(at(2));
  CHECK(position.entry() == EntryId{2});
  CHECK(wait(position, {2}, milliseconds(0)));
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

TEST_CASE("a look proves nothing after others no longer take the node for live") {
  Position position;
  const Position::Clock::time_point end = Position::Clock::now() + seconds(1);
  position.live_until(end);
  position.looked(end, true);
  position.looked(end + seconds(1), true);
  CHECK(position.state().looked_at == end + seconds(1));
  CHECK(position.state().proved_at == end);
  position.live_until(end + seconds(5));
  CHECK(position.state().proved_at == end);  // not before it has looked again
  position.looked(end + seconds(2), true);
  CHECK(position.state().proved_at == end + seconds(2));
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
  CHECK(wait(position, {3}, milliseconds(0)));
  CHECK_FALSE(wait(position, {4}, milliseconds(0)));
  std::jthread mover([&] {
    position.advance(at(4));
    position.advance(at(5));
  });
  CHECK(wait(position, {5}, seconds(20)));
}

TEST_CASE("a wait for a place that a reset has jumped over ends, too") {
  Position position;
  std::jthread mover([&] { position.reset(at(9)); });
  CHECK(wait(position, {5}, seconds(20)));
}

TEST_CASE("closing ends every wait, now and later, and reached stays reached") {
  Position position;
  position.advance(at(3));
  std::jthread closer([&] { position.close(); });
  CHECK_FALSE(wait(position, {4}, std::chrono::milliseconds::max()));
  CHECK_FALSE(wait(position, {4}, std::chrono::milliseconds::max()));
  CHECK(wait(position, {3}, std::chrono::milliseconds::max()));
}

TEST_CASE("a wait ends with each change that may matter to it, and not without one") {
  Position position;
  const auto changed = [&](auto change) {
    const std::uint64_t before = position.state().changes;
    change();
    return position.state().changes != before;
  };
  CHECK(changed([&] { position.advance(at(1)); }));
  CHECK(changed([&] { position.read_through(at(2), false); }));
  CHECK_FALSE(changed([&] { position.read_through(at(2), false); }));
  CHECK(changed([&] { position.read_through(at(2), true); }));
  CHECK(changed([&] { position.stir(); }));
  CHECK(changed([&] { position.lose(); }));
  CHECK(changed([&] { position.reset(at(2)); }));
  CHECK_FALSE(changed([&] { position.looked({}, true); }));
  CHECK_FALSE(changed([&] { position.still_here(); }));
}

TEST_CASE("how far reading is goes with the log that is read") {
  Position position;
  position.read_through(at(5), false);
  CHECK(position.state().read == EntryId{5});
  CHECK(position.entry() == EntryId{});
  position.lose();
  CHECK(position.state().read == EntryId{});
  position.read_through(at(3), true);
  CHECK(position.state().read == EntryId{3});
  CHECK(position.state().anew);
  position.reset(at(3));
  CHECK_FALSE(position.state().anew);
}

TEST_CASE("an id is compared with what was read last, of the log that is read now") {
  Position position;
  const EntryId fifth = EntryId{5}.with({5});
  CHECK(position.compare(fifth) == IdCheck::unknown);
  position.read_through(at(5), false);
  CHECK(position.compare(fifth) == IdCheck::same);
  CHECK(position.compare(EntryId{5}.with({6})) == IdCheck::other);
  CHECK(position.compare(EntryId{5 + 4096}.with({5})) == IdCheck::unknown);
  position.read_through(at(5 + 4096), false);
  CHECK(position.compare(fifth) == IdCheck::unknown);  // forgotten
  const EntryId later = EntryId{5 + 4096}.with({5 + 4096});
  CHECK(position.compare(later) == IdCheck::same);
  SUBCASE("not once that is lost") { position.lose(); }
  SUBCASE("not after a resync") { position.read_anew(at(3)); }
  CHECK(position.compare(later) == IdCheck::unknown);
}

TEST_CASE("the id of an entry goes into a text and back") {
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{1}, std::int64_t{42},
                                   std::numeric_limits<std::int64_t>::max()}) {
    const EntryId id{value};
    CHECK(EntryId::parse(id.to_string()) == id);
  }
  CHECK(EntryId{42}.to_string() == "42");
  const EntryId checked = EntryId{42}.with({0xabc0'00c7f3a0});
  CHECK(checked.to_string() == "42-c7f3a0");
  CHECK(EntryId{42}.with({0x12'345678}).to_string() == "42-345678");
  CHECK(EntryId{42}.with({0xff00'0000}).check == 1);  // 0 is for what is not known
  CHECK(EntryId::parse("42-00c7f3")->check == 0xc7f3);
  CHECK(EntryId::parse("42-00c7f3")->to_string() == "42-00c7f3");
  CHECK(EntryId::parse("42")->check == 0);
  CHECK(checked == EntryId{42});  // the number alone counts
  CHECK(checked < EntryId{43});
  for (const char* text : {"",
                           " 1",
                           "1 ",
                           "-1",
                           "-0",
                           "+1",
                           "01",
                           "00",
                           "0x1",
                           "1.0",
                           "one",
                           "42-",
                           "42-00c7f",
                           "42-00c7f33",
                           "42-00C7F3",
                           "42-000000",
                           "42-0x7f3a",
                           "-00c7f3",
                           "42--0c7f3",
                           "042-00c7f3",
                           "9223372036854775808",
                           "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(EntryId::parse(text));
  }
  CHECK_FALSE(EntryId::parse(std::string_view("1\0", 2)));
}

}  // namespace
}  // namespace crier::test
