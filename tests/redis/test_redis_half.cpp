// SPDX-License-Identifier: MIT
// The records of hybrid caches: what the stores hold to, in Redis; and two nodes over it.
#include <crier/hybrid_cache.hpp>

#include "contract/hybrid_half.hpp"
#include "redis/server.hpp"
#include "redis/wire.hpp"
#include "unit/hybrid_fixture.hpp"

#include <csignal>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("redis: a hybrid cache's record is changed with its marks and a value at once, or not") {
  with_server([](RedisServer& server) { check_half(*open_shared_cache(server.url())); });
}

TEST_CASE("redis: many values of a hybrid cache are read together as one by one") {
  with_server([](RedisServer& server) { check_half_of_many(*open_shared_cache(server.url())); });
}

TEST_CASE("redis: many values are read in one journey, and the record after them") {
  std::vector<std::string> keys;  // in the order in which they were asked for
  std::string answers;
  // It says nothing until it has been asked for everything.
  RedisWire wire([&](int, const RedisWire::Words& command) -> std::string {
    if (command[0] == "PTTL") {
      answers += ":-1\r\n";
      return {};
    }
    if (command[0] != "HMGET") {
      return "+OK\r\n";
    }
    keys.push_back(command[1]);
    if (command[2] == "absexp") {
      answers += "*3\r\n" + bulk("-1") + bulk("-1") + bulk("v " + command[1]);
      return {};
    }
    return answers + "*5\r\n" + bulk("1") + bulk("2") + bulk("3") + bulk("1") + bulk("2");
  });
  const auto cache = open_shared_cache(wire.url());
  const std::vector<std::uint64_t> marks{7};
  const std::vector<SharedHalf::Ask> asks{{"c/a", marks}, {"c/b", {}}, {"c/c", marks}};
  const auto reads = dynamic_cast<SharedHalf&>(*cache).read_many("c", asks);
  REQUIRE(reads.size() == 3);
  CHECK(reads[1].value->data == "v c/b");
  CHECK(reads[2].record == HybridRecord{1, {{2}, {3}}, {1}});
  CHECK(reads[2].newest_mark == EntryId{2});
  CHECK(reads[1].newest_mark == EntryId{0});
  CHECK(keys == std::vector<std::string>{"c/a", "c/b", "c/c",
                                         "\xfe"
                                         "c"});
}

TEST_CASE(
    "redis: a hybrid cache's record keeps so many marks, and raises its floor for the others") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    check_bound(dynamic_cast<SharedHalf&>(*cache));
  });
}

TEST_CASE("redis: a sweep takes off what nobody may serve of a hybrid cache, and nothing else") {
  with_server([](RedisServer& server) {
    check_sweep(*open_shared_cache(server.url()));
    check_sweep(*open_shared_cache(server.url() + "?prefix=x*%5B%3F%5D"));
  });
}

TEST_CASE("redis: a fill beside a sweep of a hybrid cache survives it") {
  with_server(
      [](RedisServer& server) { check_fill_beside_sweep(*open_shared_cache(server.url())); });
}

TEST_CASE("redis: a sweep of large values takes several scripts, and leaves what is no entry") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    auto& half = dynamic_cast<SharedHalf&>(*cache);
    REQUIRE(half.write({.cache = "c", .expected = {}, .next = {8, {{9}, {1}}, {9}}}).done);
    Client client(server);
    client({"SET", "c/text", "7 9\n"});
    client({"HSET", "c/other", "field", "7 9\n"});
    for (int i = 0; i < 5; ++i) {
      cache->set("c/" + std::to_string(i), "7 9\n" + std::string(600'000, 'x'), {});
    }
    CHECK(sweep_all(half, "c") == 5);
    CHECK(client({"EXISTS", "c/text", "c/other"}) == "2");
  });
}

TEST_CASE("redis: what is known of invalidations does not expire") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    const std::vector<HybridMark> marks{{7, {9}}};
    const HybridRecord record{8, {{9}, {1}}, {}};
    REQUIRE(dynamic_cast<SharedHalf&>(*cache)
                .write({.cache = "c",
                        .expected = {},
                        .next = record,
                        .marks = marks,
                        .key = "c/k",
                        .data = "v",
                        .expiry = {.after = 1h}})
                .done);
    Client client(server);
    CHECK(client({"PTTL",
                  "\xfe"
                  "c"}) == "-1");
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
