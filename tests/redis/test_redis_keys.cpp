// SPDX-License-Identifier: MIT
// The cache in Redis as a whole, among the keys of others.
#include <crier/error.hpp>

#include "cache/redis/key_walk.hpp"
#include "redis/server.hpp"
#include "redis/wire.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"

#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using Keys = std::vector<std::string>;
using Value = std::optional<std::string>;

TEST_CASE("redis: the keys are those of this cache's entries, whatever else stands there") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url() + "?prefix=a*[x]%3F:");
    const auto whole = open_shared_cache(server.url());
    Client client(server);
    Keys all;
    for (int i = 0; i < 1500; ++i) {
      all.push_back("k" + std::to_string(1000 + i));
      cache->set(all.back(), "x");
    }
    cache->set("*", "x");
    cache->remove("gone");
    whole->set("a1x?:k", "not ours");
    client({"SET", "a*[x]?:text", "x"});
    client({"HSET", "a*[x]?:hash", "field", "x"});
    client({"HSET", "a*[x]?:\xff\xfe", "data", "x"});
    client({"HSET", "a*[x]?:expired", "absexp", "621355968000010000", "data", "x"});
    CHECK(cache->keys("k", 10'000) == all);
    CHECK(cache->keys("*") == Keys{"*"});
    CHECK(cache->keys({}, 10'000).size() == 1501);
    CHECK(whole->keys("a1") == Keys{"a1x?:k"});

    CHECK(cache->remove_by_prefix("k1") == 1000);
    CHECK(cache->keys({}, 10'000).size() == 501);
    CHECK(cache->clear() == 501);
    CHECK(cache->keys().empty());
    CHECK(client({"EXISTS", "a*[x]?:text"}) == "1");
    CHECK(client({"EXISTS", "a*[x]?:hash"}) == "1");
    CHECK(client({"EXISTS", "a*[x]?:expired"}) == "0");
    CHECK(whole->get("a1x?:k") == "not ours");
  });
}

TEST_CASE(
    "redis: many are got at once, looked at without a renewal, and fills outdated by a prefix") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url() + "?prefix=p:");
    Client client(server);
    const auto left = [&](const char* key) { return std::stoll(client({"PTTL", key})); };
    for (const char* key : {"a", "b"}) {
      cache->set(key, std::string(key) + "\0\xff", {.sliding = 1h});
      client({"PEXPIRE", std::string("p:") + key, "60000"});
    }
    CHECK(cache->peek("a") == "a");
    CHECK(left("p:a") <= 60'000);
    const Keys keys{"a", "none", "b"};
    CHECK(cache->get_many(keys) == std::vector<Value>{"a", std::nullopt, "b"});
    CHECK(left("p:a") > 3'500'000);
    CHECK(left("p:b") > 3'500'000);
    Keys many;
    for (int i = 0; i < 450; ++i) {
      many.push_back("m" + std::to_string(i));
      cache->set(many.back(), many.back());
    }
    CHECK(cache->get_many(many) == std::vector<Value>(many.begin(), many.end()));
    CHECK(error_of([&] { static_cast<void>(cache->get_many(Keys{""})); }).invalid_argument());

    const SharedStamp miss = cache->lookup("new").stamp;
    cache->remove_by_prefix("other");
    CHECK_FALSE(cache->add("new", "old", miss));
    CHECK(cache->add("new", "new", cache->lookup("new").stamp));
  });
}

TEST_CASE("a walk over keys begins again when the server is another one") {
  // The second page is asked for over a connection that has died.
  std::vector<std::string> cursors;
  RedisWire wire([&](int connection, const RedisWire::Words& command) -> std::string {
    if (command.front() != "SCAN") {
      return "*1\r\n:1\r\n";
    }
    cursors.push_back(std::to_string(connection) + ":" + command[1]);
    if (connection == 0 && command[1] == "7") {
      return "close";
    }
    const std::string next = command[1] == "0" ? "7" : "0";
    return "*2\r\n" + bulk(next) + "*1\r\n" + bulk("k" + command[1]);
  });
  const auto cache = open_shared_cache(wire.url(), {.max_sessions = 1});
  CHECK(cache->keys() == Keys{"k0", "k7"});
  CHECK(cursors == Keys{"0:0", "0:7", "1:7", "1:0", "1:7"});
}

TEST_CASE("a pattern of SCAN takes a prefix as it is") {
  CHECK(redis::scan_pattern("") == "*");
  CHECK(redis::scan_pattern("a*b?c[d]\\e^-") == "a\\*b\\?c\\[d\\]\\\\e^-*");
}

}  // namespace
}  // namespace crier::test
