// SPDX-License-Identifier: MIT
#include <crier/admin/wait.hpp>
#include <crier/error.hpp>

#include "unit/keeper_fixture.hpp"
#include "unit/node_names.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <utility>

namespace crier::test {
namespace {

struct WaitFixture : KeeperFixture {
  std::unique_ptr<Connection> connection = store.connect(Access::read_write);

  WaitFixture() { place(20); }  // what is waited for is there

  void beat(Kept& node, std::int64_t position) {
    node.position.reset(place(position));
    node.step();
  }
  // What is done between the looks; the wait ends where it returns false.
  WaitResult wait(std::int64_t entry, std::function<bool(int, const WaitResult&)> at_look,
                  const std::string& name = {}) {
    int look = 0;
    return wait_everywhere(
        *connection, {entry},
        {.timeout = 1min, .name = name, .on_look = [&](const WaitResult& result) {
           return at_look(++look, result);
         }});
  }
};

TEST_CASE_FIXTURE(WaitFixture,
                  "where every node has the entry, a wait ends at the first look and asks nobody") {
  Kept a(*this, "a");
  Kept b(*this, "b");
  beat(a, 7);
  beat(b, 8);
  int asked = 0;
  store.before = [&](std::string_view operation) {
    asked += operation == "request_position" ? 1 : 0;
  };
  const WaitResult result = wait_everywhere(*connection, {7});
  CHECK(result);
  CHECK(names(result.reached) == Lines{"a", "b"});
  CHECK(asked == 0);
}

TEST_CASE_FIXTURE(WaitFixture, "a wait lasts until the last node has the entry") {
  Kept a(*this, "a");
  Kept b(*this, "b");
  beat(a, 5);
  beat(b, 5);
  const WaitResult result = wait(7, [&](int look, const WaitResult& so_far) {
    if (look == 1) {
      CHECK(names(so_far.waiting) == Lines{"a", "b"});
      beat(b, 7);
    } else if (look == 2) {
      CHECK(names(so_far.waiting) == Lines{"a"});
      beat(a, 9);
    } else {
      CHECK(so_far);
    }
    return true;
  });
  CHECK(result);
  CHECK(names(result.reached) == Lines{"a", "b"});
}

TEST_CASE_FIXTURE(WaitFixture, "a wait asks the nodes, and no longer once it has ended") {
  Kept a(*this, "a");
  beat(a, 5);
  wait(7, [&](int look, const WaitResult&) {
    const std::vector<PositionRequest> requests = connection->nodes().position_requests();
    CHECK(requests.size() == (look == 1 ? 0 : 1));
    if (look > 1) {
      CHECK(requests[0].entry == EntryId{7});
    }
    return look < 3;
  });
  CHECK(connection->nodes().position_requests().empty());
}

TEST_CASE_FIXTURE(WaitFixture, "who waits rings again until it is answered") {
  Kept a(*this, "a");
  beat(a, 5);
  std::uint64_t mark = 0;
  int rings = 0;
  wait(7, [&](int look, const WaitResult&) {
    const std::uint64_t before = std::exchange(mark, store.wakeup().mark());
    rings += look > 2 && mark != before ? 1 : 0;  // the first one is the request's own
    return rings < 3;
  });
  CHECK(rings == 3);
}

TEST_CASE_FIXTURE(WaitFixture, "a node that goes stale or stops no longer counts, and is named") {
  Kept a(*this, "a");
  Kept b(*this, "b");
  Kept c(*this, "c");
  beat(a, 5);
  beat(b, 5);
  beat(c, 5);
  const WaitResult result = wait(7, [&](int look, const WaitResult&) {
    if (look == 1) {
      b.keeper.leave();
    } else if (look == 2) {
      pass(10s);
      beat(a, 7);
      pass(6s);
    }
    return true;
  });
  CHECK(result);
  CHECK(names(result.reached) == Lines{"a"});
  CHECK(names(result.lost) == Lines{"b", "c"});
  CHECK(result.lost[0].state == NodeState::stopped);
  CHECK(result.lost[1].state == NodeState::stale);
}

TEST_CASE_FIXTURE(WaitFixture, "a node that is forgotten during a wait no longer counts") {
  Kept a(*this, "a");
  beat(a, 5);
  const WaitResult result = wait(7, [&](int look, const WaitResult&) {
    if (look == 1) {
      a.keeper.leave();
      connection->nodes().forget("a");
    }
    return look < 1000;
  });
  CHECK(result);
  CHECK(names(result.lost) == Lines{"a"});
}

TEST_CASE_FIXTURE(WaitFixture, "one that was stale for a while counts again") {
  Kept a(*this, "a");
  beat(a, 5);
  const WaitResult result = wait(7, [&](int look, const WaitResult& so_far) {
    if (look == 1) {
      pass(16s);
      Kept(*this, "z").step();
      return true;
    }
    CHECK(names(so_far.lost) == Lines{"a"});
    return false;
  });
  CHECK(result);
}

TEST_CASE_FIXTURE(WaitFixture,
                  "nodes that come later, that were stale, or that stopped don't matter") {
  Kept dead(*this, "dead");
  beat(dead, 1);
  pass(1min);
  Kept gone(*this, "gone");
  beat(gone, 1);
  gone.keeper.leave();
  Kept a(*this, "a");
  beat(a, 5);
  Kept late(*this, "late");
  const WaitResult result = wait(7, [&](int look, const WaitResult&) {
    if (look == 1) {
      beat(late, 1);
      beat(a, 7);
    }
    return true;
  });
  CHECK(result);
  CHECK(names(result.reached) == Lines{"a"});
  CHECK(result.lost.empty());
}

TEST_CASE_FIXTURE(WaitFixture, "once a node had the entry it counts, whatever becomes of it") {
  Kept a(*this, "a");
  Kept b(*this, "b");
  beat(a, 7);
  beat(b, 5);
  const WaitResult result = wait(7, [&](int look, const WaitResult&) {
    if (look == 1) {
      a.position.reset({});  // the log was made anew
      a.step();
    } else {
      beat(b, 7);
    }
    return true;
  });
  CHECK(names(result.reached) == Lines{"a", "b"});
}

TEST_CASE_FIXTURE(WaitFixture, "a wait that times out names who is behind, and how far") {
  Kept a(*this, "a");
  Kept b(*this, "b");
  beat(a, 5);
  beat(b, 9);
  const WaitResult result =
      wait_everywhere(*connection, {9}, {.timeout = 5ms, .name = {}, .on_look = {}});
  CHECK_FALSE(result);
  CHECK(names(result.waiting) == Lines{"a"});
  CHECK(result.waiting[0].position == EntryId{5});
  CHECK(names(result.reached) == Lines{"b"});
}

TEST_CASE_FIXTURE(WaitFixture, "a wait may be for the nodes of one name only") {
  Kept a(*this, "a");
  Kept b(*this, "b");
  beat(a, 7);
  beat(b, 5);
  CHECK(names(wait(
                  7, [](int, const WaitResult&) { return true; }, "a")
                  .reached) == Lines{"a"});
  CHECK(wait(
            7, [](int, const WaitResult&) { return true; }, "nobody")
            .reached.empty());
}

TEST_CASE_FIXTURE(WaitFixture, "a database that can't be written is waited on without asking") {
  Kept a(*this, "a");
  beat(a, 5);
  store.before = [](std::string_view operation) {
    if (operation == "request_position") {
      throw Error("ask", "opened for reading only");
    }
  };
  CHECK(wait(7, [&](int look, const WaitResult&) {
    if (look == 2) {
      beat(a, 7);
    }
    return true;
  }));
}

TEST_CASE_FIXTURE(WaitFixture,
                  "a wait shortens the connection's deadline while it asks, and gives it back") {
  Kept a(*this, "a");
  beat(a, 5);
  const auto deadline = connection->deadline();
  std::vector<std::chrono::milliseconds> seen;
  store.before = [&](std::string_view operation) {
    if (operation == "request_position" || operation == "withdraw_request") {
      seen.push_back(connection->deadline());
    }
  };
  static_cast<void>(wait_everywhere(*connection, {7}, {.timeout = 3ms, .name = {}, .on_look = {}}));
  REQUIRE(seen.size() == 2);
  CHECK(seen[0] <= 3ms);
  CHECK(seen[1] == 100ms);
  CHECK(connection->deadline() == deadline);
}

}  // namespace
}  // namespace crier::test
