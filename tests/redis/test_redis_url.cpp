// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/shared_cache.hpp>

#include "cache/redis/redis_url.hpp"
#include "support/errors.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using redis::parse_url;

TEST_CASE("a URL of Redis is taken apart") {
  const redis::Url plain = parse_url("redis://cache");
  CHECK(plain.host == "cache");
  CHECK(plain.port == 6379);
  CHECK(plain.database == 0);
  CHECK(plain.deadline == 5s);
  CHECK(plain.name == "redis://cache:6379");

  const redis::Url all =
      parse_url("redis://us%3Aer:p%40ss@[::1]:7000/3?prefix=a%20b:&deadline=200ms");
  CHECK(all.user == "us:er");
  CHECK(all.password == "p@ss");
  CHECK(all.host == "::1");
  CHECK(all.port == 7000);
  CHECK(all.database == 3);
  CHECK(all.prefix == "a b:");
  CHECK(all.deadline == 200ms);
  CHECK(all.name == "redis://[::1]:7000/3?prefix=a%20b:");

  const redis::Url socket = parse_url("redis+unix:///run/a%20b.sock?database=2");
  CHECK(socket.socket == "/run/a b.sock");
  CHECK(socket.database == 2);
  CHECK(socket.host.empty());
}

TEST_CASE("a URL of Redis that is malformed is refused, and no secret repeated") {
  for (const std::string url : {"redis:",
                                "redis:cache",
                                "redis://",
                                "redis://:6379",
                                "redis://hidden:@cache",
                                "redis://hidden:hidden@",
                                "redis://cache:0",
                                "redis://cache:65536",
                                "redis://cache:hidden",
                                "redis://hidden:hidden@cache:x",
                                "redis://cache/x",
                                "redis://cache/-1",
                                "redis://[::1",
                                "redis://[::1]x",
                                "redis://a%00b",
                                "redis://cache?hidden=1",
                                "redis://cache?database=1",
                                "redis://cache?deadline=0ms",
                                "redis://cache?deadline=soon",
                                "redis://cache?prefix=a&prefix=b",
                                "redis://cache?",
                                "redis://cache?prefix=a&",
                                "redis://cache?prefix=%FF",
                                "redis+unix://relative",
                                "redis+unix:///a%00b",
                                "redis+unix:///s?database=x"}) {
    CAPTURE(url);
    const Error error = error_of([&] { static_cast<void>(open_shared_cache(url)); });
    CHECK(error.invalid_argument());
    CHECK(std::string(error.what()).find("hidden") == std::string::npos);
  }
  CHECK(message_of([] { static_cast<void>(open_shared_cache("memcached://cache")); }) ==
        "unknown store scheme 'memcached': known are sqlite (sqlite:PATH or just PATH) and "
        "postgresql (postgresql://HOST/DATABASE)");
}

}  // namespace
}  // namespace crier::test
