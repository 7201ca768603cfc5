// SPDX-License-Identifier: MIT
// Entries as ASP.NET's RedisCache has them.
#include "redis/server.hpp"

#include <chrono>
#include <optional>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// 2100-01-01 in .NET: new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks
constexpr const char* kTicksOf2100 = "662380416000000000";
constexpr SharedTime kYear2100{std::chrono::sys_days(std::chrono::year(2100) / 1 / 1)};

TEST_CASE("redis: what crier sets has ASP.NET's layout") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url() + "/3?prefix=shop:");
    cache->set("k", "value", {.at = kYear2100, .sliding = 5min});
    Client client(server);
    client({"SELECT", "3"});
    CHECK(client({"TYPE", "shop:k"}) == "hash");
    CHECK(client({"HLEN", "shop:k"}) == "3");
    CHECK(client({"HMGET", "shop:k", "absexp", "sldexp", "data"}) ==
          std::string(" ") + kTicksOf2100 + " 3000000000 value");
    const long long left = std::stoll(client({"PTTL", "shop:k"}));
    CHECK(left > 290'000);
    CHECK(left <= 300'000);
    cache->set("k", "again", {.at = kYear2100});
    CHECK(client({"HMGET", "shop:k", "absexp", "sldexp", "data"}) ==
          std::string(" ") + kTicksOf2100 + " -1 again");
  });
}

TEST_CASE("redis: what ASP.NET sets is read, renewed and replaced") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    Client client(server);
    // Its script: HSET, and EXPIRE in seconds unless it never expires.
    client({"HSET", "k", "absexp", "-1", "sldexp", "6000000000", "data", "theirs"});
    client({"EXPIRE", "k", "10"});
    CHECK(cache->get("k") == "theirs");
    CHECK(std::stoll(client({"PTTL", "k"})) > 500'000);
    client({"HSET", "n", "absexp", "-1", "sldexp", "-1", "data", "endless"});
    CHECK(cache->get("n") == "endless");
    CHECK(client({"PTTL", "n"}) == "-1");
    client({"HSET", "a", "absexp", kTicksOf2100, "sldexp", "-1", "data", "absolute"});
    CHECK(cache->get("a") == "absolute");
    cache->set("k", "ours", {.after = 1h});
    CHECK(client({"HMGET", "k", "sldexp", "data"}) == " -1 ours");
    // A removal leaves nothing behind that it would take for an entry of its own.
    cache->remove("k");
    CHECK(client({"EXISTS", "k"}) == "0");
    client({"DEL", "a"});
    CHECK_FALSE(cache->get("a"));
  });
}

}  // namespace
}  // namespace crier::test
