// SPDX-License-Identifier: MIT
#pragma once

#include <crier/error.hpp>
#include <crier/shared_cache.hpp>
#include <crier/shared_half.hpp>

#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace crier::test {

/// What each store of hybrid records holds to. `shared` is empty.
inline void check_half(SharedCache& shared) {
  auto& half = dynamic_cast<SharedHalf&>(shared);
  using namespace std::chrono_literals;
  const std::vector<std::uint64_t> marks{7, 0xfedcba9876543210U};
  const SharedExpiry hour = half.used({.after = std::chrono::hours(1)});
  const HybridRecord none;
  const HybridRecord first{0xfedcba9876543211U, {{5}, {0xffffffffffffffffU}}, {3}};

  // Nothing yet.
  SharedHalf::Read found = half.read("c", "c/k", marks);
  CHECK_FALSE(found.value);
  CHECK(found.record == none);
  CHECK(found.newest_mark == EntryId{0});

  // A record, and only from what it is expected to be.
  SharedHalf::Written written = half.write({.cache = "c", .expected = first, .next = first});
  CHECK_FALSE(written.done);
  CHECK(written.record == none);
  written = half.write({.cache = "c", .expected = none, .next = first});
  CHECK(written.done);
  CHECK(half.read("c", "c/k", marks).record == first);
  CHECK(half.read("other", "c/k", marks).record == none);

  // Marks and a value with it, at once.
  HybridRecord second = first;
  second.through = {{9}, {12}};
  const std::vector<HybridMark> added{{7, {8}}, {marks[1], {6}}, {1, {9}}};
  for (const bool expected : {false, true}) {
    written = half.write({.cache = "c",
                          .expected = expected ? first : second,
                          .next = second,
                          .marks = added,
                          .key = "c/k",
                          .data = std::string_view("a\0\xff\nb", 5),
                          .expiry = hour});
    CHECK(written.done == expected);
    CHECK(written.record == (expected ? second : first));
    found = half.read("c", "c/k", marks);
    CHECK(found.value.has_value() == expected);
    CHECK(found.newest_mark == EntryId{expected ? 8 : 0});
  }
  CHECK(found.value->data == std::string("a\0\xff\nb", 5));
  REQUIRE(found.value->left);
  CHECK(*found.value->left <= 1h);
  CHECK(*found.value->left > 59min);
  CHECK_FALSE(found.value->sliding);
  CHECK(half.read("c", {}, {{marks[1]}}).newest_mark == EntryId{6});
  CHECK(shared.get("c/k") == found.value->data);  // it is an entry like any other

  // A mark goes forward only.
  const std::vector<HybridMark> older{{7, {2}}, {marks[1], {10}}};
  HybridRecord third = second;
  third.through = {{10}, {1}};
  CHECK(half.write({.cache = "c", .expected = second, .next = third, .marks = older}).done);
  CHECK(half.read("c", {}, {{7}}).newest_mark == EntryId{8});
  CHECK(half.read("c", {}, {{marks[1]}}).newest_mark == EntryId{10});

  // Another generation begins without marks.
  const HybridRecord anew{4, {{11}, {2}}, {11}};
  CHECK(half.write({.cache = "c", .expected = third, .next = anew}).done);
  found = half.read("c", "c/k", marks);
  CHECK(found.record == anew);
  CHECK(found.newest_mark == EntryId{0});
  CHECK(found.value);

  // A sliding value tells so, and is renewed by a read.
  CHECK(half.write({.cache = "c",
                    .expected = anew,
                    .next = anew,
                    .key = "c/s",
                    .data = "s",
                    .expiry = half.used({.sliding = 1h})})
            .done);
  found = half.read("c", "c/s", {});
  REQUIRE(found.value);
  CHECK(found.value->sliding == std::chrono::milliseconds(1h));
  CHECK(*found.value->left <= 1h + 1s);

  // What it refuses.
  CHECK_THROWS_AS(static_cast<void>(half.used({.after = 0ms})), Error);
  CHECK_THROWS_AS(half.check_size(1024 * 1024 + 1), Error);
  half.check_size(1024 * 1024);
}

/// Many values are read together as one by one. `shared` is empty.
inline void check_half_of_many(SharedCache& shared) {
  using namespace std::chrono_literals;
  auto& half = dynamic_cast<SharedHalf&>(shared);
  const HybridRecord record{0xfedcba9876543211U, {{5}, {0xffffffffffffffffU}}, {3}};
  const std::uint64_t high = 0xfedcba9876543210U;
  const std::vector<HybridMark> marks{{7, {4}}, {high, {5}}, {9, {2}}};
  using Keys = std::vector<std::string>;
  // A list of them is made of these, in whatever way the database has one.
  for (const Keys& odd : {Keys{"c/\\\"'{},", "c/\xc3\xa4\n\t", "c/NULL"},
                          Keys{"c/x", std::string("c/\0", 3), std::string("c/\0y", 4)}}) {
    const auto is_there = [](std::size_t place) { return place % 3 != 1; };
    Keys keys = odd;
    while (keys.size() < SharedHalf::kMostAsks) {
      keys.push_back("c/" + std::to_string(keys.size()));
    }
    const std::vector<std::vector<std::uint64_t>> asked{{7}, {high, 9}, {9, 1}, {}};
    std::vector<SharedHalf::Ask> asks;
    for (const std::string& key : keys) {
      asks.push_back({key, asked[asks.size() % asked.size()]});
    }
    const auto check = [&](const HybridRecord& expected, bool marked) {
      const std::vector<SharedHalf::Read> reads = half.read_many("c", asks);
      REQUIRE(reads.size() == asks.size());
      for (std::size_t i = 0; i < reads.size(); ++i) {
        CAPTURE(i);
        const SharedHalf::Read one = half.read("c", keys[i], asks[i].marks);
        CHECK(reads[i].record == expected);
        CHECK(one.record == expected);
        CHECK(reads[i].newest_mark == one.newest_mark);
        CHECK(one.newest_mark.value == (marked ? std::vector{4, 5, 2, 0}[i % 4] : 0));
        CHECK(reads[i].value.has_value() == one.value.has_value());
        if (one.value && reads[i].value) {
          CHECK(reads[i].value->data == one.value->data);
          CHECK(reads[i].value->sliding == one.value->sliding);
          CHECK(reads[i].value->left.has_value() == one.value->left.has_value());
        }
      }
      return reads;
    };
    check({}, false);
    REQUIRE(half.write({.cache = "c", .expected = {}, .next = record, .marks = marks}).done);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const SharedExpiry expiry = i == 0   ? SharedExpiry{.sliding = 1h}
                                  : i == 2 ? SharedExpiry{.after = 1h}
                                           : SharedExpiry{};
      if (is_there(i)) {
        REQUIRE(half.write({.cache = "c",
                            .expected = record,
                            .next = record,
                            .key = keys[i],
                            .data = std::to_string(i) + std::string("\0\xff", 2),
                            .expiry = i < 3 ? expiry : half.used({})})
                    .done);
      }
    }
    const std::vector<SharedHalf::Read> reads = check(record, true);
    for (std::size_t i = 0; i < reads.size(); ++i) {
      CHECK(reads[i].value.has_value() == is_there(i));
    }
    CHECK(reads[2].value->left <= std::chrono::milliseconds(1h));
    // What slides is renewed: a tenth more is granted.
    REQUIRE(half.write({.cache = "c",
                        .expected = record,
                        .next = record,
                        .key = keys[0],
                        .data = "new",
                        .expiry = {.sliding = 1h}})
                .done);
    CHECK(eventually(
        [&] { return half.read_many("c", asks)[0].value->left > std::chrono::milliseconds(1h); }));
    for (const std::string& key : keys) {
      shared.remove(key);
    }
    const HybridRecord none;
    REQUIRE(half.write({.cache = "c", .expected = record, .next = none}).done);
  }
  CHECK(half.read_many("c", {}).empty());
}

/// All parts of a walk. Returns how many have gone.
inline std::size_t sweep_all(SharedHalf& half, std::string_view cache) {
  SharedHalf::Swept part;
  std::size_t removed = 0;
  do {
    part = half.sweep(cache, part.place);
    removed += part.removed;
  } while (!part.place.empty());
  return removed;
}

/// What nobody may serve any more is taken off, and nothing else. `shared` is empty.
inline void check_sweep(SharedCache& shared) {
  auto& half = dynamic_cast<SharedHalf&>(shared);
  using Keys = std::set<std::string>;
  const auto left = [&] {
    const std::vector<std::string> keys = shared.keys();
    return Keys(keys.begin(), keys.end());
  };
  Keys kept;
  const auto set = [&](const std::string& key, const std::string& value, bool stays) {
    shared.set(key, value, {});
    if (stays) {
      kept.insert(key);
    }
  };
  constexpr std::uint64_t kGeneration = 0xfedcba9876543211U;
  const std::string now = std::to_string(kGeneration);
  std::size_t gone = 0;
  for (int i = 0; i < 450; ++i) {  // more than a part
    const std::string key = (i % 2 == 0 ? "c/" : "c#2/") + std::to_string(i);
    const std::string made = i % 3 == 0 ? "7 9" : i % 3 == 1 ? now + " 8" : now + " 9";
    set(key, made + (i % 5 == 0 ? " [\"t\"]\nvalue" : "\nvalue"), i % 3 == 2);
    gone += i % 3 == 2 ? 0 : 1;
  }
  // Nothing is known of these.
  set("c/text", "hello", true);
  set("c/empty", "", true);
  set("c/no line", "7 9", true);
  set("c/letters", "7 x\n", true);
  set("c/beyond", "99999999999999999999999 9\n", true);
  set("c##/lease", "7e9e6679-7425-40de-944b-e07fc1f90ae7", true);
  // These are of others.
  for (const char* const key : {"c", "c2/k", "c-/k", "b/k", "d/k", "C/k", "c0", "c\""}) {
    set(key, "7 9\nvalue", true);
  }
  const Keys all = left();
  CHECK(sweep_all(half, "c") == 0);  // there is no record
  CHECK(left() == all);

  HybridRecord record{kGeneration, {{9}, {1}}, {9}};
  REQUIRE(half.write({.cache = "c", .expected = {}, .next = record}).done);
  CHECK(sweep_all(half, "c") == gone);
  CHECK(left() == kept);
  CHECK(sweep_all(half, "c") == 0);

  // With its floor, and with another generation.
  HybridRecord next = record;
  next.floor = {10};
  REQUIRE(half.write({.cache = "c", .expected = record, .next = next}).done);
  shared.set("c/new", now + " 10\nvalue", {});
  CHECK(sweep_all(half, "c") == 150);
  CHECK(shared.get("c/new"));
  HybridRecord anew = next;
  anew.generation = 8;
  REQUIRE(half.write({.cache = "c", .expected = next, .next = anew}).done);
  CHECK(sweep_all(half, "c") == 1);
  CHECK_FALSE(shared.get("c/new"));
  CHECK(shared.get("c/text") == "hello");
}

/// What is stored beside a sweep is there.
inline void check_fill_beside_sweep(SharedCache& shared) {
  auto& half = dynamic_cast<SharedHalf&>(shared);
  const HybridRecord record{8, {{9}, {1}}, {9}};
  REQUIRE(half.write({.cache = "c", .expected = {}, .next = record}).done);
  std::atomic<std::size_t> removed = 0;
  std::jthread sweeper([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      try {
        removed += sweep_all(half, "c");
      } catch (const Error&) {  // NOLINT(bugprone-empty-catch): another one writes
      }
    }
  });
  int lost = 0;
  const auto write = [&](int i, const char* made) {
    shared.set("c/" + std::to_string(i), std::string(made) + "\nvalue", {});
  };
  constexpr int kKeys = 8;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (int round = 0; (round < 40 || removed < 20) && std::chrono::steady_clock::now() < end;
       ++round) {
    for (int i = 0; i < kKeys; ++i) {
      write(i, "7 9");
    }
    for (int i = 0; i < kKeys; ++i) {
      write(i, "8 9");
    }
    for (int i = 0; i < kKeys; ++i) {
      lost += shared.peek("c/" + std::to_string(i)) ? 0 : 1;
    }
  }
  CHECK(removed >= 20);
  CHECK(lost == 0);
}

/// The most marks are kept; what is forgotten raises the floor.
inline void check_bound(SharedHalf& half) {
  HybridRecord record{1, {{1}, {1}}, {1}};
  REQUIRE(half.write({.cache = "b", .expected = {}, .next = record}).done);
  constexpr std::int64_t kMarks = SharedHalf::kMostMarks;
  std::int64_t entry = 1;
  for (int i = 0; i < 10; ++i) {
    std::vector<HybridMark> marks;
    for (int j = 0; j < 1100; ++j) {
      ++entry;
      marks.push_back({static_cast<std::uint64_t>(entry), {entry}});
    }
    HybridRecord next = record;
    next.through.id = {entry};
    const SharedHalf::Written written =
        half.write({.cache = "b", .expected = record, .next = next, .marks = marks});
    REQUIRE(written.done);
    record = written.record;
    CHECK(half.read("b", {}, {}).record == record);
    // Each entry is either known by its mark, or below the floor.
    for (const std::int64_t one : {std::int64_t{2}, entry - kMarks, entry - kMarks + 1, entry}) {
      if (one > 1) {
        const auto mark = static_cast<std::uint64_t>(one);
        const bool known = half.read("b", {}, {{mark}}).newest_mark == EntryId{one};
        CHECK((known || record.floor >= EntryId{one}));
        CHECK((known || one <= entry - kMarks));
      }
    }
  }
  CHECK(record.floor > EntryId{1});
}

}  // namespace crier::test
