// SPDX-License-Identifier: MIT
// The records of hybrid caches: what the stores hold to, in Redis; and two nodes over it.
#include <crier/hybrid_cache.hpp>

#include "contract/hybrid_half.hpp"
#include "redis/server.hpp"
#include "unit/hybrid_fixture.hpp"

#include <csignal>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("redis: a hybrid cache's record is changed with its marks and a value at once, or not") {
  with_server([](RedisServer& server) { check_half(*open_shared_cache(server.url())); });
}

TEST_CASE(
    "redis: a hybrid cache's record keeps so many marks, and raises its floor for the others") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    check_bound(dynamic_cast<SharedHalf&>(*cache));
  });
}

TEST_CASE("redis: an answer of another form is no record") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    auto& half = dynamic_cast<SharedHalf&>(*cache);
    Client client(server);
    client({"HSET",
            "\xfe"
            "c",
            "G", "not a number", "M", "1", "f", "1", "F", "0"});
    CHECK_THROWS_AS(static_cast<void>(half.read("c", "c/k", {})), Error);
  });
}

TEST_CASE("redis: what a hybrid cache removes in the database's transaction is gone in Redis") {
  with_server([](RedisServer& server) {
    TempDir dir;
    const std::string store = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
    HybridMember here(store, "here", server.url());
    HybridMember there(store, "there", server.url());
    const auto make = [](const char* text) { return [text] { return std::string(text); }; };
    CHECK(*here.pages.get("a", make("old"), {.tags = {"t"}}) == "old");
    CHECK(*there.pages.get("a", make("x")) == "old");
    const EntryId id = there.node.cache().refresh_by_json(kHybrid, R"([{"tag":"t"}])");
    REQUIRE(here.node.wait_applied(id, 20s));
    REQUIRE(there.node.wait_applied(id, 20s));
    CHECK(here.pages.get("a") == nullptr);
    CHECK(there.pages.get("a") == nullptr);
    CHECK(*there.pages.get("a", make("new"), {.tags = {"t"}}) == "new");
    CHECK(*here.pages.get("a", make("x")) == "new");
    // Without its memory it goes on.
    Client client(server);
    client({"FLUSHALL"});
    CHECK(*here.pages.get("a") == "new");
    CHECK(*here.pages.get("b", make("b")) == "b");
    CHECK(*there.pages.get("b", make("x")) == "b");
    server.signal(SIGKILL);
    CHECK(*here.pages.get("c", make("c")) == "c");
    CHECK(here.pages.statistics().failed_reads == 1);
  });
}

}  // namespace
}  // namespace crier::test
