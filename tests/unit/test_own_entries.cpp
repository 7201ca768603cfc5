// SPDX-License-Identifier: MIT
#include "base/own_entries.hpp"

#include <doctest/doctest.h>

#include <future>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

using Kind = OwnEntries::Break::Kind;

Entry entry(std::int64_t id, std::string originated = "me", std::string json = "[]") {
  return {{id}, "2026-11-21 10:00:00.123", std::move(originated), 1, std::move(json)};
}

struct OwnFixture {
  OwnEntries own{"me"};

  // As an append does that is given these ids.
  void append(std::int64_t last, std::size_t count = 1, const std::string& json = "[]") {
    const std::vector<NewEntry> entries(count, {own.originated(), 1, json});
    OwnEntries::Append append(own, entries);
    append.ended(EntryId{last});
  }
  // That fails, or whose answer is lost.
  void fail(const std::string& json) {
    const NewEntry lost{own.originated(), 1, json};
    const OwnEntries::Append append(own, {&lost, 1});
  }
  // What a look tells that finds these after the cursor.
  std::optional<Kind> find(const std::vector<Entry>& entries, std::optional<EntryId> end = {}) {
    const auto found = own.find_break(own.newest(), end, entries);
    return found ? std::optional(found->kind) : std::nullopt;
  }
};

TEST_CASE_FIXTURE(OwnFixture, "own entries: by the origin and an id that was given, both") {
  append(5, 3);
  append(9);
  for (std::int64_t id = 1; id <= 10; ++id) {
    CAPTURE(id);
    CHECK(own.contains(entry(id)) == ((id >= 3 && id <= 5) || id == 9));
    CHECK_FALSE(own.contains(entry(id, "ME")));
    CHECK_FALSE(own.contains(entry(id, "me/1")));
  }
  CHECK(own.newest() == EntryId{9});
  CHECK_FALSE(own.has_written(entry(2)));
  own.pass({4});
  CHECK_FALSE(own.contains(entry(4)));
  CHECK(own.has_written(entry(4)));
  CHECK_FALSE(own.has_written(entry(4, "ME")));
  CHECK(own.contains(entry(5)));
  CHECK(own.has_written(entry(5)));
  CHECK_FALSE(own.has_written(entry(6)));
}

// As a clone may write in a log that was restored.
TEST_CASE_FIXTURE(OwnFixture, "own entries: an id that was given here may bear another's text") {
  append(5, 2, "[1]");
  CHECK(own.contains(entry(4, "me", "[1]")));
  CHECK_FALSE(own.contains(entry(4, "me", "[2]")));
  CHECK_FALSE(find({entry(4, "me", "[1]"), entry(5, "me", "[1]")}, EntryId{5}));
  CHECK(find({entry(4, "me", "[1]"), entry(5, "me", "[2]")}, EntryId{5}) == Kind::taken);
  Entry counted = entry(5, "me", "[1]");
  counted.instruction_count = 2;
  CHECK(find({counted}, EntryId{5}) == Kind::taken);
  append(4, 1, "[3]");  // given twice
  CHECK(own.contains(entry(4, "me", "[3]")));
}

TEST_CASE_FIXTURE(OwnFixture, "own entries: what rides is of one write alone") {
  own.add("me/1", std::vector<EntryId>{{8}, {7}});
  CHECK(own.contains(entry(7, "me/1")));
  CHECK(own.contains(entry(8, "me/1")));
  CHECK_FALSE(own.contains(entry(9, "me/1")));  // a clone's, which counts as this node does
  CHECK_FALSE(own.contains(entry(8, "me/2")));
  CHECK_FALSE(own.contains(entry(8, "me")));
  CHECK(find({entry(7, "me/1"), entry(8, "me/2")}) == Kind::taken);
  CHECK(own.newest() == EntryId{8});
  own.pass({8});
  CHECK_FALSE(own.contains(entry(8, "me/1")));
  CHECK(own.has_written(entry(8, "me/1")));
  CHECK_FALSE(own.has_written(entry(8, "me/2")));
  own.add("me/3", std::vector<EntryId>{{6}});  // the poller has come first
  CHECK_FALSE(own.contains(entry(6, "me/3")));
  CHECK(own.has_written(entry(6, "me/3")));
  for (std::int64_t id = 9; id < 2'000; ++id) {
    own.add("me/4", std::vector<EntryId>{{id}});
    own.pass({id});
  }
  CHECK(own.has_written(entry(1'999, "me/4")));
  CHECK_FALSE(own.has_written(entry(8, "me/1")));  // is taken for another's: a set is refused
  own.restart({2'500}, own.mark());
  CHECK_FALSE(own.has_written(entry(1'999, "me/4")));
}

TEST_CASE_FIXTURE(OwnFixture, "own entries: a log that does not hold them is another one") {
  append(3);
  CHECK_FALSE(find({entry(3)}, EntryId{3}));
  CHECK_FALSE(find({}));  // it goes on
  CHECK(find({}, EntryId{2}) == Kind::gone);
  CHECK(find({entry(3, "other")}, EntryId{3}) == Kind::taken);
  own.pass({3});
  CHECK_FALSE(find({}, EntryId{3}));
  CHECK(find({}, EntryId{2}) == Kind::gone);
}

TEST_CASE_FIXTURE(OwnFixture, "own entries: what was added after the look began is not missed") {
  const EntryId before = own.newest();
  append(3);
  CHECK_FALSE(own.find_break(before, EntryId{2}, {}));
}

TEST_CASE_FIXTURE(OwnFixture, "own entries: an id that is given twice is of two logs") {
  append(3);
  SUBCASE("that was written") {
    append(3);
    CHECK(find({entry(3)}, EntryId{3}) == Kind::given_twice);
    const std::uint64_t mark = own.mark();
    own.restart({3}, mark);
    CHECK_FALSE(find({}, EntryId{3}));
  }
  SUBCASE("that was read") {
    own.pass({7});
    append(7);
    CHECK(find({}) == Kind::given_twice);
  }
  SUBCASE("that rides") {
    own.add("me/1", std::vector<EntryId>{{3}});
    CHECK(find({}) == Kind::given_twice);
  }
}

TEST_CASE_FIXTURE(OwnFixture, "own entries: an id that is not known is a clone's") {
  append(3);
  CHECK(find({entry(3), entry(4)}) == Kind::cloned);
  CHECK_FALSE(find({entry(3), entry(4, "other")}));
  CHECK_FALSE(find({entry(3), entry(4, "me/9")}));  // is applied: nobody says that it has been
  own.rename("me again");
  CHECK_FALSE(find({entry(3), entry(4)}));  // of another node from now on
  CHECK(own.contains(entry(3)));
  CHECK(find({entry(4, "me again")}) == Kind::cloned);
  append(5);
  CHECK(own.contains(entry(5, "me again")));
}

TEST_CASE_FIXTURE(OwnFixture, "own entries: an append that is under way may have written it") {
  const NewEntry wanted{"me", 1, "[1]"};
  OwnEntries::Append append(own, {&wanted, 1});
  CHECK_FALSE(find({entry(4, "me", "[1]")}));
  CHECK_FALSE(own.contains(entry(4, "me", "[1]")));
  CHECK(find({entry(5, "me", "[2]")}) == Kind::cloned);
  append.ended(EntryId{4});
  CHECK(own.contains(entry(4, "me", "[1]")));
}

TEST_CASE_FIXTURE(OwnFixture, "own entries: an append that ends in a moment is waited for") {
  const NewEntry wanted{"me", 1, "[1]"};
  std::optional<OwnEntries::Append> append(std::in_place, own, std::span(&wanted, 1));
  auto look = std::async(std::launch::async, [&] { return find({entry(4, "me", "[1]")}); });
  append->ended(EntryId{4});
  CHECK_FALSE(look.get());
  CHECK(own.contains(entry(4, "me", "[1]")));
}

TEST_CASE_FIXTURE(OwnFixture, "own entries: of an append that failed nobody knows the id") {
  fail("[1]");
  CHECK_FALSE(find({entry(4, "me", "[1]")}));
  CHECK_FALSE(find({entry(4, "me", "[1]")}));  // looked at again
  CHECK_FALSE(own.contains(entry(4, "me", "[1]")));
  CHECK(find({entry(4, "me", "[1]"), entry(5, "me", "[1]")}) == Kind::cloned);
  own.pass({4});
  CHECK(find({entry(6, "me", "[1]")}) == Kind::cloned);
}

TEST_CASE_FIXTURE(OwnFixture, "own entries: one that wrote nothing leaves nothing behind") {
  const NewEntry unwanted{"me", 1, "[1]"};
  {
    OwnEntries::Append append(own, {&unwanted, 1});
    append.ended(std::nullopt);
  }
  CHECK(find({entry(4, "me", "[1]")}) == Kind::cloned);
}

TEST_CASE_FIXTURE(OwnFixture,
                  "own entries: after a resync, those of the log that was left are void") {
  append(3);
  append(5);
  own.add("me/1", std::vector<EntryId>{{6}});
  const std::uint64_t mark = own.mark();
  // The end of the log that is there now is looked for, and this is committed after that.
  append(3);
  own.restart({2}, mark);
  CHECK(own.contains(entry(3)));
  CHECK_FALSE(own.contains(entry(5)));
  CHECK_FALSE(own.contains(entry(6, "me/1")));
  CHECK(own.newest() == EntryId{3});
  CHECK_FALSE(find({entry(3), entry(4, "other"), entry(5, "other")}, EntryId{5}));
}

TEST_CASE_FIXTURE(OwnFixture, "own entries: there is a bound, and beyond it no alarm") {
  constexpr std::int64_t kMany = 100'100;
  for (std::int64_t i = 1; i <= kMany; ++i) {
    append(2 * i);  // another's entry between any two
  }
  CHECK_FALSE(own.contains(entry(2)));
  CHECK_FALSE(find({entry(2)}));
  CHECK(own.contains(entry(2 * kMany)));
}

}  // namespace
}  // namespace crier::test
