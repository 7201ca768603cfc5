// SPDX-License-Identifier: MIT
// fork() in a program whose node runs.
#include "fault/crew.hpp"
#include "support/eventually.hpp"
#include "support/forked.hpp"

#include <algorithm>
#include <atomic>
#include <memory>

namespace crier::test {
namespace {

// 0 where `call` throws an Error that names the fork.
int refused(const std::function<void()>& call) {
  try {
    call();
    return 1;
  } catch (const Error& error) {
    return std::string(error.what()).find("fork") != std::string::npos ? 0 : 2;
  }
}

// What a child may do to the node, each alone. `said` is how much the node has logged.
int use(Member& member, int what, const std::atomic<int>& said) {
  Node& node = *member.node;
  switch (what) {
    case 0:
      return refused([&] { node.cache().refresh(kProducts, 7); });
    case 1:
      return refused([&] {
        auto batch = node.cache().batch();
        batch.refresh(kProducts, 7);
        batch.commit();
      });
    case 2:
      return refused([&] { static_cast<void>(node.nodes()); });
    case 3:
      return refused([&] { static_cast<void>(node.wait_applied({1000}, 20s)); });
    case 4:
      return refused([&] { node.start(); });
    case 5:
      return refused([&] { static_cast<void>(node.shared_cache().get("a")); });
    case 6: {
      const int before = said;
      node.stop();
      return said == before ? 0 : 3;  // of the threads that are not here, say
    }
    default:
      member.node.reset();
      return 0;
  }
}

TEST_CASE_FIXTURE(Crew, "fork: the child's use is refused, and the parent is unharmed") {
  const auto said = std::make_shared<std::atomic<int>>(0);
  Options options = quick("a");
  options.log = [said](LogLevel, std::string_view) { ++*said; };
  Member& member = join(options);
  join(quick("b"));
  REQUIRE(all_have(member.node->cache().refresh(kProducts, 1)));
  for (int what = 0; what <= 7; ++what) {
    CAPTURE(what);
    CHECK(run_forked([&] { return use(member, what, *said); }) == 0);
    CHECK(member.node->running());
    CHECK(all_have(member.node->cache().refresh(kProducts, what + 2)));
  }
  for (const auto& each : members) {
    CHECK(each->node->counters().resyncs == 0);
    CHECK(each->node->counters().polls_failed == 0);
  }
  CHECK(connect()->log().newest().id == EntryId{9});
  CHECK(eventually([&] {  // a beat may be late
    return std::ranges::all_of(connect()->nodes().list(), [](const NodeRecord& record) {
      return record.state == NodeState::live;
    });
  }));
  CHECK(is_sound());
}

TEST_CASE_FIXTURE(Crew, "fork: a child may not use its parent's shared cache, and harms nothing") {
  join_all(1);
  auto cache = open_shared_cache(options().store);
  cache->set("a", "1");
  CHECK(run_forked([&] {
          const int outcome = refused([&] { static_cast<void>(cache->get("a")); });
          cache.reset();
          return outcome;
        }) == 0);
  CHECK(cache->get("a") == "1");
  CHECK(is_sound());
}

// 0 where it is refused in the child, whatever way it takes to the file.
int open_anew(const Crew& crew, Connection& parents, int what) {
  const std::string url = crew.file.string();
  switch (what) {
    case 0:
      return refused([&] {
        Member own(crew.quick("child"));
        own.node->start();
      });
    case 1:
      return refused([&] { static_cast<void>(open_store(url)->connect(Access::read_only)); });
    case 2:
      return refused([&] { static_cast<void>(open_shared_cache(url)->get("a")); });
    case 3:
      return refused([&] { static_cast<void>(parents.log().newest()); });
    case 4:
      return refused([&] {
        SQLite::Database app(url, SQLite::OPEN_READWRITE);
        app.exec("BEGIN");
        open_store(url)->append_in(app.getHandle(), std::vector{new_entry("[]")});
      });
    default: {
      Forked grandchild([&] { return open_anew(crew, parents, 1); });
      return grandchild.wait();
    }
  }
}

TEST_CASE_FIXTURE(Crew, "fork: a child may not open what its parent has open, in no way") {
  Member& member = join(quick("a"));
  const auto connection = connect();
  for (int what = 0; what <= 5; ++what) {
    CAPTURE(what);
    CHECK(run_forked([&] { return open_anew(*this, *connection, what); }) == 0);
    CHECK(all_have(member.node->cache().refresh(kProducts, what)));
  }
  CHECK(is_sound());
}

TEST_CASE_FIXTURE(Crew, "fork: a child makes a node of its own if its parent had nothing open") {
  write(1);  // and closes it again
  Forked child([&] {
    Member own(quick("child"));
    own.node->start();
    return own.node->wait_applied(own.node->cache().refresh(kProducts, 2), 20s) ? 0 : 1;
  });
  CHECK(child.wait() == 0);
  CHECK(write(3) == EntryId{3});
}

}  // namespace
}  // namespace crier::test
