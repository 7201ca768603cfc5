// SPDX-License-Identifier: MIT
// What hybrid caches do over a shared half in Redis.
#include "contract/hybrid_calls.hpp"
#include "redis/server.hpp"

namespace crier::test {
namespace {

TEST_CASE("redis: a hybrid cache reads many, and makes the rest in one call") {
  with_server(
      [](RedisServer& server) { check_many([&] { return open_shared_cache(server.url()); }); });
}

TEST_CASE("redis: a hybrid cache's values may be any bytes") {
  with_server(
      [](RedisServer& server) { check_bytes([&] { return open_shared_cache(server.url()); }); });
}

TEST_CASE("redis: two versions of a hybrid cache share its invalidations, not its entries") {
  with_server(
      [](RedisServer& server) { check_versions([&] { return open_shared_cache(server.url()); }); });
}

TEST_CASE("redis: what a hybrid cache has cleared goes from the shared half") {
  with_server(
      [](RedisServer& server) { check_cleared([&] { return open_shared_cache(server.url()); }); });
}

TEST_CASE("redis: a factory of a hybrid cache runs once, however many nodes ask at once") {
  with_server(
      [](RedisServer& server) { check_one_load([&] { return open_shared_cache(server.url()); }); });
}

}  // namespace
}  // namespace crier::test
