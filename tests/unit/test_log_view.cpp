// SPDX-License-Identifier: MIT
#include "cache/hybrid/invalidations.hpp"
#include "cache/hybrid/log_view.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using Verdict = LogView::Verdict;

constexpr std::uint64_t kKey = 7;
constexpr std::uint64_t kTag = 8;
const std::vector<std::uint64_t> kMarks{kKey, kTag};

Cursor row(std::int64_t id) { return {{id}, {static_cast<std::uint64_t>(id) * 10}}; }
HybridRecord record(std::int64_t through, std::int64_t floor = 0) {
  return {1, row(through), {floor}};
}
LogView::Made made(std::int64_t applied) { return {1, {applied}}; }

void read_to(LogView& view, std::int64_t last, const Invalidations& what = {}) {
  for (std::int64_t id = view.begun().cursor.id.value + 1; id <= last; ++id) {
    view.begin(row(id), id == last ? what : Invalidations());
  }
}

TEST_CASE("LogView: a value is judged by its record, and by what has begun here since") {
  LogView view;
  CHECK(view.judge(made(5), record(5), {0}, kMarks) == Verdict::outdated);  // no log is followed
  view.restart(row(3), 0);
  read_to(view, 5);
  CHECK(view.judge(made(5), record(5), {0}, kMarks) == Verdict::serves);
  CHECK(view.judge(made(5), record(4), {5}, kMarks) == Verdict::serves);
  CHECK(view.judge(made(4), record(5), {5}, kMarks) == Verdict::outdated);     // its mark
  CHECK(view.judge(made(4), record(5, 5), {0}, kMarks) == Verdict::outdated);  // the floor
  CHECK(view.judge({2, {5}}, record(5), {0}, kMarks) == Verdict::outdated);    // the generation
  CHECK(view.judge({0, {5}}, {}, {0}, kMarks) == Verdict::outdated);           // no record
  CHECK(view.judge(made(5), record(6), {0}, kMarks) == Verdict::ahead);
  CHECK(view.judge(made(5), record(2), {0}, kMarks) == Verdict::unknown);
  HybridRecord other = record(5);
  other.through.fingerprint.value++;
  CHECK(view.judge(made(5), other, {0}, kMarks) == Verdict::unknown);
  // What has begun here since the record was written.
  for (const Invalidations& what :
       {Invalidations{false, {kKey}}, Invalidations{false, {kTag}}, Invalidations{true, {}}}) {
    const std::int64_t next = view.begun().cursor.id.value + 1;
    read_to(view, next, what);
    CHECK(view.judge(made(next - 1), record(next - 1), {0}, kMarks) == Verdict::outdated);
    CHECK(view.judge(made(next), record(next - 1), {0}, kMarks) == Verdict::serves);
    CHECK(view.judge(made(next - 1), record(next), {0}, kMarks) == Verdict::serves);
    CHECK(view.newest(kMarks) == EntryId{next});
  }
  view.stop();
  CHECK(view.judge(made(8), record(8), {0}, kMarks) == Verdict::outdated);
  CHECK(view.begun().epoch == 0);
}

TEST_CASE("LogView: what this node has published counts before it has begun") {
  LogView view;
  view.restart(row(5), 0);
  view.published({8}, {false, {kKey}});
  CHECK(view.judge(made(5), record(5), {0}, kMarks) == Verdict::outdated);
  CHECK(view.judge(made(5), record(5), {0}, {{kTag}}) == Verdict::serves);
  read_to(view, 7, {false, {kTag}});
  CHECK(view.newest({{kTag}}) == EntryId{7});
  read_to(view, 8, {false, {kKey}});
  CHECK(view.newest(kMarks) == EntryId{8});
  view.published(EntryId{8}.with(row(8).fingerprint), {true, {}});  // it has begun: that says all
  CHECK(view.newest({{9}}) == EntryId{0});
  view.published({9}, {true, {}});
  CHECK(view.newest({{9}}) == EntryId{9});
}

TEST_CASE("LogView: what this node has published in a log that took the place of this one counts") {
  for (const EntryId id :
       {EntryId{4}.with(row(9).fingerprint), EntryId{1}.with(row(1).fingerprint), EntryId{4}}) {
    LogView view;
    view.restart(row(3), 0);
    read_to(view, 5);
    CHECK(view.judge(made(5), record(5), {0}, kMarks) == Verdict::serves);
    view.published(id, {false, {kKey}});
    CHECK(view.judge(made(5), record(5), {0}, kMarks) == Verdict::outdated);
    read_to(view, 6);  // it is the same log, and the entry lies far back
    CHECK(view.judge(made(6), record(6), {0}, kMarks) == Verdict::serves);
    view.published(id, {false, {kKey}});
    view.restart(row(2), 1);
    CHECK(view.judge(made(2), record(2), {0}, kMarks) == Verdict::serves);
  }
}

TEST_CASE("LogView: of what lies too far back, or beyond a gap, nothing is known") {
  LogView view(4);
  view.restart(row(1), 0);
  read_to(view, 4);
  CHECK(view.since(row(1)));
  read_to(view, 5);
  CHECK_FALSE(view.since(row(1)));
  CHECK(view.judge(made(5), record(1), {0}, kMarks) == Verdict::unknown);
  CHECK(view.judge(made(5), record(2), {0}, kMarks) == Verdict::serves);
  // More marks than can be remembered.
  Invalidations many;
  for (std::uint64_t mark = 100; mark < 117; ++mark) {
    many.marks.push_back(mark);
  }
  read_to(view, 6, many);
  CHECK_FALSE(view.since(row(5)));
  CHECK(view.judge(made(6), record(5), {0}, kMarks) == Verdict::unknown);
  CHECK(view.judge(made(6), record(6), {0}, kMarks) == Verdict::serves);
  view.begin(row(9), {});
  CHECK(view.begun().cursor == row(9));
  CHECK(view.judge(made(9), record(6), {0}, kMarks) == Verdict::unknown);
  view.begin(row(8), {true, {}});  // has begun already
  CHECK(view.newest(kMarks) == EntryId{0});
}

TEST_CASE("LogView: tells what was invalidated since, in full") {
  LogView view;
  view.restart(row(1), 0);
  view.published({3}, {false, {kKey}});  // does not hide what comes before it
  read_to(view, 2, {false, {kKey, kTag}});
  read_to(view, 3, {false, {kKey}});
  read_to(view, 4, {true, {}});
  read_to(view, 5);
  const auto since = view.since(row(1));
  REQUIRE(since);
  CHECK(since->all == EntryId{4});
  CHECK(since->begun == row(5));
  REQUIRE(since->marks.size() == 3);
  CHECK(since->marks[0].what == kKey);
  CHECK(since->marks[0].entry == EntryId{2});
  CHECK(since->marks[2].entry == EntryId{3});
  CHECK(view.since(row(3))->marks.empty());
  CHECK(view.since(row(4))->all == EntryId{0});
  CHECK_FALSE(view.since({{3}, {1}}));
}

TEST_CASE("LogView: a restart is another epoch, and ends a wait") {
  LogView view;
  CHECK_FALSE(view.wait({1}, 1h));  // no log is followed
  view.restart(row(5), 0);
  const std::uint64_t epoch = view.begun().epoch;
  CHECK(view.wait({5}, 0ms));
  CHECK_FALSE(view.wait({6}, 0ms));
  view.published({9}, {true, {}});
  view.restart(row(2), 0);
  CHECK(view.begun().epoch != epoch);
  CHECK(view.begun().cursor == row(2));
  CHECK(view.newest(kMarks) == EntryId{0});
}

TEST_CASE("what an instruction means to a hybrid cache") {
  const Guid guid = Guid::parse("0f3f6a52-41c9-4f6e-9d55-2b0a4f0e8c11").value();
  const auto of = [&](const Instruction& instruction) {
    return invalidations_of(std::vector{instruction}, guid).marks;
  };
  using Marks = std::vector<std::uint64_t>;
  CHECK(of(Instruction::refresh_by_id(guid, -42)) == Marks{mark_of_key("-42")});
  CHECK(of(Instruction::remove_by_id(guid, 7)) == Marks{mark_of_key("7")});
  CHECK(of(Instruction::refresh_by_ids(guid, {1, 2})) == Marks{mark_of_key("1"), mark_of_key("2")});
  CHECK(of(Instruction::refresh_by_guid(guid, guid)) == Marks{mark_of_key(guid.to_string())});
  CHECK(of(Instruction::refresh_by_json(guid, R"([{"key":"a"},{"tag":"a"}])")) ==
        Marks{mark_of_key("a"), mark_of_tag("a")});
  CHECK(mark_of_key("a") != mark_of_tag("a"));
  CHECK(of(Instruction::refresh_by_id(kCanary, 7)).empty());
  for (const char* json : {"[{\"later\":\"b\"}]", "7", "[1]", "{\"key\":\"a\"}"}) {
    CHECK(invalidations_of(std::vector{Instruction::refresh_by_json(guid, json)}, guid).all);
  }
  CHECK(invalidations_of(std::vector{Instruction::refresh_all(guid)}, guid).all);
  CHECK(invalidations_of(std::vector{Instruction::refresh_by_json(guid, "")}, guid).empty());
  // What can't be read.
  CHECK(invalidations_of(decode("not JSON"), guid).all);
  CHECK(invalidations_of(Decoded{{}, {{"a problem", guid}}}, guid).all);
  CHECK_FALSE(invalidations_of(Decoded{{}, {{"a problem", kCanary}}}, guid).all);
}

}  // namespace
}  // namespace crier::test
