// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "support/errors.hpp"
#include "support/temp_dir.hpp"
#include "unit/keeper_fixture.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace crier::test {
namespace {

Cursor at(std::int64_t id) { return {EntryId{id}, Fingerprint{static_cast<std::uint64_t>(id)}}; }

struct KeptPositionFixture : KeeperFixture {
  TempDir dir;

  [[nodiscard]] Keeper::Settings keeping(KeepPosition where) const {
    Keeper::Settings settings = Kept::defaults();
    settings.keep_position = where;
    settings.position_file = dir / "position";
    return settings;
  }
};

TEST_CASE_FIXTURE(KeptPositionFixture, "in memory, nothing is kept") {
  Kept a(*this, "a", keeping(KeepPosition::in_memory));
  CHECK_FALSE(a.keeper.claim_position());
  a.position.reset(at(3));
  a.step();
  a.keeper.leave();
  CHECK_FALSE(std::filesystem::exists(a.settings.position_file));
  Kept next(*this, "a", keeping(KeepPosition::in_database));
  CHECK_FALSE(next.keeper.claim_position());
}

TEST_CASE_FIXTURE(KeptPositionFixture,
                  "in a database or a file, the next start goes on from there") {
  for (const KeepPosition where : {KeepPosition::in_database, KeepPosition::in_file}) {
    CAPTURE(static_cast<int>(where));
    {
      Kept a(*this, "a", keeping(where));
      a.step();
      CHECK_FALSE(a.keeper.claim_position());
      a.position.reset(at(3));
      a.step();
      CHECK(node("a").durable);
      a.position.advance(at(5));
      a.keeper.leave();
    }
    pass(1s);
    {
      Kept a(*this, "a", keeping(where));
      CHECK(a.keeper.claim_position() == at(5));
      a.position.reset(at(5));
      a.position.advance(at(6));
      a.step();
      // Killed here: what was saved with the last beat counts.
      a.position.advance(at(7));
    }
    pass(1min);
    Kept a(*this, "a", keeping(where));
    CHECK(a.keeper.claim_position() == at(6));
  }
}

TEST_CASE_FIXTURE(KeptPositionFixture,
                  "until the full refresh of the first start has ended, nothing is saved") {
  for (const KeepPosition where : {KeepPosition::in_database, KeepPosition::in_file}) {
    CAPTURE(static_cast<int>(where));
    {
      Kept a(*this, "a", keeping(where));
      a.step();
      CHECK_FALSE(a.keeper.claim_position());
      a.step();
    }
    pass(1min);
    Kept a(*this, "a", keeping(where));
    CHECK_FALSE(a.keeper.claim_position());
    a.keeper.leave();
  }
}

TEST_CASE_FIXTURE(KeptPositionFixture, "a resync to a shorter log is saved, too") {
  Kept a(*this, "a", keeping(KeepPosition::in_database));
  a.step();
  static_cast<void>(a.keeper.claim_position());
  a.position.reset(at(9));
  a.step();
  a.position.reset(at(2));
  a.step();
  a.keeper.leave();
  Kept next(*this, "a", keeping(KeepPosition::in_database));
  CHECK(next.keeper.claim_position() == at(2));
}

TEST_CASE_FIXTURE(KeptPositionFixture,
                  "of two nodes of one name one keeps the position, and then none is trusted") {
  Kept first(*this, "a", keeping(KeepPosition::in_database));
  first.step();
  static_cast<void>(first.keeper.claim_position());
  first.position.reset(at(9));
  first.step();
  pass(1s);

  Kept second(*this, "a", keeping(KeepPosition::in_database));
  second.step();
  CHECK_FALSE(second.keeper.claim_position());
  CHECK(second.log.lines().front() ==
        "another node of the name a is live and keeps its position: this one refreshes everything, "
        "and keeps its own as soon as that one is gone");
  second.position.reset(at(4));
  pass(1s);
  first.step();  // so the second knows that both live
  second.step();
  CHECK(nodes()[0].durable);
  CHECK_FALSE(nodes()[1].durable);
  second.keeper.leave();
  first.position.advance(at(10));
  first.keeper.leave();

  for (int start = 0; start < 2; ++start) {
    pass(1min);
    Kept next(*this, "a", keeping(KeepPosition::in_database));
    next.step();
    CHECK_FALSE(next.keeper.claim_position());
    CHECK(next.log.lines().back() ==
          "two nodes have borne the name a at once, so that the position kept for it may be "
          "either's: each start refreshes everything until you forget it, with: crier nodes "
          "--forget a");
    next.position.reset(at(20));
    next.keeper.leave();
  }
  store.connect(Access::read_write)->nodes().forget("a");
  {
    Kept next(*this, "a", keeping(KeepPosition::in_database));
    CHECK_FALSE(next.keeper.claim_position());
    next.position.reset(at(30));
    next.keeper.leave();
  }
  Kept next(*this, "a", keeping(KeepPosition::in_database));
  CHECK(next.keeper.claim_position() == at(30));
}

TEST_CASE_FIXTURE(KeptPositionFixture,
                  "one that follows a crash too soon to know keeps its position once it does") {
  {
    Kept crashed(*this, "a", keeping(KeepPosition::in_database));
    crashed.step();
    static_cast<void>(crashed.keeper.claim_position());
    crashed.position.reset(at(9));
    crashed.step();
  }
  pass(1s);
  {
    Kept next(*this, "a", keeping(KeepPosition::in_database));
    next.step();
    CHECK_FALSE(next.keeper.claim_position());
    next.position.reset(at(12));
    next.step();
    CHECK(next.log.size() == 1);
    pass(1min);
    next.step();
    CHECK(next.log.lines().back() == "the position of a is kept by this node from now on");
    next.step();
    CHECK(nodes()[1].durable);
    next.keeper.leave();
  }
  Kept last(*this, "a", keeping(KeepPosition::in_database));
  CHECK(last.keeper.claim_position() == at(12));
}

TEST_CASE_FIXTURE(KeptPositionFixture,
                  "a node whose position was taken over while it slept says so, and keeps none") {
  Kept first(*this, "a", keeping(KeepPosition::in_database));
  first.step();
  static_cast<void>(first.keeper.claim_position());
  first.position.reset(at(9));
  first.step();
  pass(1min);  // paused
  Kept second(*this, "a", keeping(KeepPosition::in_database));
  second.step();
  CHECK(second.keeper.claim_position() == at(9));
  second.position.reset(at(9));
  second.step();
  first.step();
  const Lines said = first.log.lines();
  CHECK(said.back() ==
        "the position of a is no longer kept by this node: another one bears that name; give each "
        "its own");
  first.step();
  CHECK_FALSE(nodes()[0].durable);
  CHECK(first.log.lines() == said);
}

TEST_CASE_FIXTURE(KeptPositionFixture, "a position file is used by one node at a time") {
  Kept first(*this, "a", keeping(KeepPosition::in_file));
  static_cast<void>(first.keeper.claim_position());
  first.position.reset(at(3));
  Kept second(*this, "a", keeping(KeepPosition::in_file));
  CHECK_THROWS_AS(static_cast<void>(second.keeper.claim_position()), Error);
  first.keeper.leave();
  CHECK(second.keeper.claim_position() == at(3));
}

TEST_CASE_FIXTURE(KeptPositionFixture,
                  "a file keeps the position of a node whose database can't be written") {
  Kept a(*this, "a", keeping(KeepPosition::in_file));
  static_cast<void>(a.keeper.claim_position());
  store.before = [](std::string_view) { throw Error("beat", "opened for reading only"); };
  a.position.reset(at(3));
  CHECK_FALSE(a.step());
  a.keeper.leave();
  Kept next(*this, "a", keeping(KeepPosition::in_file));
  CHECK(next.keeper.claim_position() == at(3));
}

TEST_CASE_FIXTURE(KeptPositionFixture,
                  "a file that can't be written is said, and does not hold up the beat") {
  Kept a(*this, "a", keeping(KeepPosition::in_file));
  static_cast<void>(a.keeper.claim_position());
  a.position.reset(at(3));
  const std::string file = a.settings.position_file;
  std::filesystem::create_directory(file);
  CHECK_FALSE(a.step());
  CHECK(a.reporter.counters().beats_failed == 1);
  CHECK(node("a").state == NodeState::live);
  CHECK(a.log.lines() ==
        Lines{"saving the position's file failed and is tried again: can't replace the "
              "position file '" +
              file + "': Is a directory"});
  std::filesystem::remove(file);
  CHECK(a.step());
  CHECK(a.log.lines().back() == "saving the position's file works again");
}

TEST_CASE_FIXTURE(KeptPositionFixture, "a damaged file is said, and everything is refreshed") {
  const PositionFile other(dir / "position", "another log", "a");
  other.save(at(3));
  Kept a(*this, "a", keeping(KeepPosition::in_file));
  CHECK_FALSE(a.keeper.claim_position());
  CHECK(a.log.lines().front().find("is damaged, or of another node or log") != std::string::npos);
}

}  // namespace
}  // namespace crier::test
