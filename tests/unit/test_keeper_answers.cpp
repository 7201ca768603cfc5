// SPDX-License-Identifier: MIT
// A keeper that is asked for the position answers apart from its beats.
#include <crier/error.hpp>

#include "unit/keeper_fixture.hpp"

#include <doctest/doctest.h>

namespace crier::test {
namespace {

struct AnswersFixture : KeeperFixture {
  Kept a{*this, "a"};
  Lines calls;

  AnswersFixture() {
    a.position.reset(place(3));
    a.step();
    a.position.advance(place(5));
    store.before = [this](std::string_view operation) { calls.emplace_back(operation); };
  }
  Stepped answer() {
    a.keeper.want_answer();
    calls.clear();
    return a.keeper.step(now);
  }
  [[nodiscard]] std::chrono::milliseconds beat_age() { return node("a").beat_age; }
};

const Lines kOneUpdate = {"heads", "publish_position"};

TEST_CASE_FIXTURE(AnswersFixture, "the answer is one update of the position, and no tick") {
  pass(1s);
  const std::uint64_t mark = a.bell.mark();
  CHECK_FALSE(a.keeper.is_asked());
  a.keeper.want_answer();
  CHECK(a.keeper.is_asked());
  CHECK(a.bell.wait(mark, 0ms));
  CHECK(a.keeper.step(now).well);
  CHECK(calls == kOneUpdate);
  CHECK_FALSE(a.keeper.is_asked());
  CHECK(node("a").position == EntryId{5});
  CHECK(beat_age() == 1s);
  CHECK(a.reporter.counters().beats == 1);
}

TEST_CASE_FIXTURE(AnswersFixture, "answers put off no beat") {
  const Keeper::Time due = now + a.settings.node.interval;
  for (int i = 0; i < 4; ++i) {
    pass(1s);
    const Stepped stepped = answer();
    CHECK(calls == kOneUpdate);
    CHECK(stepped.due == due);  // the thread comes back by then
  }
  pass(1s);
  CHECK_FALSE(answer().due);
  CHECK(calls.at(1) == "publish_position");
  CHECK(a.reporter.counters().beats == 2);
  CHECK(beat_age() == 0s);
}

TEST_CASE_FIXTURE(AnswersFixture, "a tick that is wanted comes with the answer") {
  a.keeper.want_tick();
  answer();
  CHECK(calls.at(1) == "publish_position");
  CHECK(a.reporter.counters().beats == 2);
  answer();
  CHECK(calls == kOneUpdate);
}

TEST_CASE_FIXTURE(AnswersFixture, "a place in another log is no answer") {
  SUBCASE("shorter") { store.clear(); }
  SUBCASE("as long, and another") {
    store.put({{5}, "2020-01-01 00:00:00.000", "restored", 1, "[]"});
  }
  answer();
  CHECK(node("a").position == EntryId{0});
}

TEST_CASE_FIXTURE(AnswersFixture, "a place that is lost is no answer either") {
  a.position.lose();
  answer();
  CHECK(node("a").position == EntryId{0});
}

TEST_CASE_FIXTURE(AnswersFixture, "a node that nobody knows, or takes for stopped, beats instead") {
  const auto others = store.connect(Access::read_write);
  others->nodes().goodbye(a.settings.node.incarnation);
  SUBCASE("stopped") {}
  SUBCASE("forgotten") { others->nodes().forget("a"); }
  answer();
  CHECK(calls.size() > 3);
  CHECK(node("a").state == NodeState::live);
  CHECK(node("a").position == EntryId{5});
}

TEST_CASE_FIXTURE(AnswersFixture, "an answer that fails is named, and the next tick is unharmed") {
  store.before = [](std::string_view operation) {
    if (operation == "publish_position") {
      throw Error("publish", "the database is locked", Error::Kind::retryable);
    }
  };
  CHECK_FALSE(answer().well);
  CHECK(a.log.take() ==
        Lines{"the answer to who waits failed and is tried again: the database is locked"});
  store.before = nullptr;
  CHECK(a.step());
  CHECK(node("a").position == EntryId{5});
  answer();
  CHECK(a.log.take() == Lines{"the answer to who waits works again"});
}

TEST_CASE_FIXTURE(AnswersFixture, "who only reads answers nobody") {
  Keeper::Settings reading = Kept::defaults();
  reading.read_only = true;
  Kept reader(*this, "reader", reading);
  reader.step();
  calls.clear();
  reader.keeper.want_answer();
  CHECK(reader.step());
  CHECK(calls.empty());
}

TEST_CASE_FIXTURE(AnswersFixture,
                  "who pauses the node is heard with the answer, and with the beat") {
  const auto other = store.connect(Access::read_write);
  CHECK(other->nodes().pause("a", 10s, "alice") == 1);
  std::uint64_t mark = store.wakeup().mark();
  answer();
  CHECK(calls == kOneUpdate);
  CHECK(a.position.pause().end() == now + 10s);
  CHECK(a.position.pause().by() == "alice");
  CHECK(store.wakeup().wait(mark, 0ms));  // the poller's
  a.position.pause().stand(true);
  mark = store.wakeup().mark();
  answer();
  CHECK_FALSE(store.wakeup().wait(mark, 0ms));
  CHECK(node("a").stands);
  CHECK(other->nodes().resume("a", "bob") == 1);
  a.step();
  CHECK_FALSE(a.position.pause().end());
  CHECK(store.wakeup().wait(mark, 0ms));
  a.position.pause().stand(false);
  a.step();
  CHECK_FALSE(node("a").stands);
}

TEST_CASE_FIXTURE(AnswersFixture, "a pause does not go on for the next incarnation") {
  const auto other = store.connect(Access::read_write);
  other->nodes().pause("a", 10s, "alice");
  a.step();
  CHECK(a.position.pause().holds(now));
  a.keeper.rename(Guid::random());
  a.step();
  CHECK_FALSE(a.position.pause().holds(now));
}

TEST_CASE_FIXTURE(AnswersFixture, "an answer to an audit comes before the position, and at once") {
  a.keeper.answer_audit({4}, {{"products", 1, {{"42", "7"}}}});
  CHECK(a.keeper.step(now).well);
  CHECK(calls.at(0) == "answer_audit");
  answer();
  CHECK(calls == kOneUpdate);
  const auto rows = store.connect(Access::read_only)->audit().answers({4});
  REQUIRE(rows.size() == 3);
  CHECK(rows[2].node == "a");
  CHECK(rows[2].key == "42");
  CHECK(rows[2].version == "7");
}

TEST_CASE_FIXTURE(AnswersFixture, "the position is not told past an audit that is yet to be told") {
  a.keeper.want_tick();
  // The poller moves on after the beat's place was taken.
  bool moved = false;
  store.before = [&](std::string_view operation) {
    if (operation == "heads" && !moved) {
      moved = true;
      a.keeper.answer_audit({6}, {});
      a.position.advance(place(6));
    }
  };
  a.keeper.step(now);
  CHECK(moved);
  CHECK(node("a").position == EntryId{5});
  store.before = [this](std::string_view operation) { calls.emplace_back(operation); };
  answer();
  CHECK(calls == Lines{"answer_audit", "heads", "publish_position"});
  CHECK(node("a").position == EntryId{6});
}

TEST_CASE_FIXTURE(AnswersFixture, "an answer to an audit that can't be written is dropped") {
  a.keeper.answer_audit({4}, {});
  store.before = [&](std::string_view operation) {
    if (operation == "answer_audit") {
      throw Error("answer an audit", "no right");
    }
  };
  CHECK_FALSE(a.keeper.step(now).well);
  store.before = [this](std::string_view operation) { calls.emplace_back(operation); };
  answer();
  CHECK(calls == Lines{"connect", "heads", "publish_position"});
  CHECK(store.connect(Access::read_only)->audit().answers({4}).empty());
}

TEST_CASE_FIXTURE(AnswersFixture, "answers to audits that nobody writes are bounded") {
  for (int i = 0; i < 8; ++i) {
    CHECK_FALSE(a.keeper.is_behind_audits());
    a.keeper.answer_audit({4}, {});
  }
  CHECK(a.keeper.is_behind_audits());
  a.keeper.step(now);
  CHECK_FALSE(a.keeper.is_behind_audits());
}

}  // namespace
}  // namespace crier::test
