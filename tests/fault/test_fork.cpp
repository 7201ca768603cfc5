// SPDX-License-Identifier: MIT
// fork() in a program whose node runs.
#include "fault/crew.hpp"
#include "support/forked.hpp"

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
    Forked child([&] { return use(member, what, *said); });
    CHECK(child.wait() == 0);
    CHECK(member.node->running());
    CHECK(all_have(member.node->cache().refresh(kProducts, what + 2)));
  }
  for (const auto& each : members) {
    CHECK(each->node->counters().resyncs == 0);
    CHECK(each->node->counters().polls_failed == 0);
  }
  CHECK(connect()->log().newest().id == EntryId{9});
  for (const NodeRecord& record : connect()->nodes().list()) {
    CHECK(record.state == NodeState::live);
  }
  CHECK(is_sound());
}

TEST_CASE_FIXTURE(Crew, "fork: a child may not use its parent's shared cache, and harms nothing") {
  join_all(1);
  auto cache = open_shared_cache(options().store);
  cache->set("a", "1");
  Forked child([&] {
    const int outcome = refused([&] { static_cast<void>(cache->get("a")); });
    cache.reset();
    return outcome;
  });
  CHECK(child.wait() == 0);
  CHECK(cache->get("a") == "1");
  CHECK(is_sound());
}

}  // namespace
}  // namespace crier::test
