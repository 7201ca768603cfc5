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
  CHECK(plain.kind == redis::Url::Kind::server);
  CHECK(plain.addresses.at(0).host == "cache");
  CHECK(plain.addresses.at(0).port == 6379);
  CHECK_FALSE(plain.tls);
  CHECK(plain.database == 0);
  CHECK(plain.deadline == 5s);
  CHECK(plain.name == "redis://cache:6379");

  const redis::Url all =
      parse_url("redis://us%3Aer:p%40ss@[::1]:7000/3?prefix=a%20b:&deadline=200ms");
  CHECK(all.credentials.user == "us:er");
  CHECK(all.credentials.password == "p@ss");
  CHECK(all.addresses.at(0).host == "::1");
  CHECK(all.addresses.at(0).port == 7000);
  CHECK(all.database == 3);
  CHECK(all.prefix == "a b:");
  CHECK(all.deadline == 200ms);
  CHECK(all.name == "redis://[::1]:7000/3?prefix=a%20b:");

  const redis::Url socket = parse_url("redis+unix:///run/a%20b.sock?database=2");
  CHECK(socket.addresses.at(0).socket == "/run/a b.sock");
  CHECK(socket.addresses.at(0).host.empty());
  CHECK(socket.database == 2);
  CHECK(socket.name == "redis+unix:///run/a%20b.sock");
}

TEST_CASE("a URL of Redis names TLS, Sentinels and Clusters") {
  using Verify = redis::TlsSettings::Verify;
  const redis::Url tls = parse_url("rediss://:p@cache?ca=/etc/ca.pem&cert=a%20b&key=c&verify=ca");
  CHECK(tls.tls);
  CHECK(tls.credentials.password == "p");
  CHECK(tls.tls_settings.ca == "/etc/ca.pem");
  CHECK(tls.tls_settings.cert == "a b");
  CHECK(tls.tls_settings.key == "c");
  CHECK(tls.tls_settings.verify == Verify::ca);
  CHECK(tls.name == "rediss://cache:6379");
  CHECK(parse_url("rediss://cache").tls_settings.verify == Verify::full);
  CHECK(parse_url("rediss://cache?verify=none").tls_settings.verify == Verify::none);

  const redis::Url watched = parse_url(
      "redis+sentinel://u:p@one,[::1]:7000,two/my%20shop/3?prefix=a:&sentinel_user=su"
      "&sentinel_password=sp");
  CHECK(watched.kind == redis::Url::Kind::sentinel);
  REQUIRE(watched.addresses.size() == 3);
  CHECK(watched.addresses[0].text() == "one:26379");
  CHECK(watched.addresses[1].text() == "[::1]:7000");
  CHECK(watched.addresses[2].text() == "two:26379");
  CHECK(watched.master == "my shop");
  CHECK(watched.database == 3);
  CHECK(watched.credentials.user == "u");
  CHECK(watched.sentinel.user == "su");
  CHECK(watched.sentinel.password == "sp");
  CHECK(watched.name == "redis+sentinel://one:26379,[::1]:7000,two:26379/my%20shop/3?prefix=a:");
  CHECK(parse_url("rediss+sentinel://a/m").tls);

  const redis::Url cluster = parse_url("redis+cluster://p@one,two:7000?prefix={shop}:");
  CHECK(cluster.kind == redis::Url::Kind::cluster);
  CHECK(cluster.addresses.at(0).port == 6379);
  CHECK(cluster.addresses.at(1).port == 7000);
  CHECK(cluster.name == "redis+cluster://one:6379,two:7000?prefix={shop}:");
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
                                "redis+unix:///s;password=hidden",
                                "redis://cache,password=hidden",
                                "redis://cache;password=hidden",
                                "redis://cache?prefix=a;password=hidden",
                                "redis://cache?deadline=1s;password=hidden",
                                "redis+unix:///s?database=x",
                                "redis://one,two",
                                "redis://cache?ca=hidden",
                                "redis://cache?verify=none",
                                "redis+unix:///s?ca=hidden",
                                "rediss://cache?verify=hidden",
                                "rediss://cache?cert=hidden",
                                "rediss://cache?key=hidden",
                                "redis+ssl://cache",
                                "redis-sentinel://:hidden@cache/m",
                                "redis+sentinel://cache",
                                "redis+sentinel://cache/",
                                "redis+sentinel://:hidden@/m",
                                "redis+sentinel://one,,two/m",
                                "redis+sentinel://one/m/x",
                                "redis+sentinel://one/m,password=hidden",
                                "redis+sentinel://one/m?sentinel_user=hidden",
                                "redis://one?sentinel_password=hidden",
                                "redis+cluster://one",
                                "redis+cluster://one?prefix=shop:",
                                "redis+cluster://one?prefix={}:",
                                "redis+cluster://one?prefix=}{:",
                                "redis+cluster://one/1?prefix={shop}:"}) {
    CAPTURE(url);
    const Error error = error_of([&] { static_cast<void>(open_shared_cache(url)); });
    CHECK(error.invalid_argument());
    CHECK(std::string(error.what()).find("hidden") == std::string::npos);
  }
  CHECK(
      message_of([] { static_cast<void>(open_shared_cache("memcached://cache")); }) ==
      "unknown store scheme 'memcached': known are sqlite (sqlite:PATH or just PATH) and "
      "postgresql (postgresql://HOST/DATABASE); a path that holds one of ':', '=', ';' and '@' is "
      "written sqlite:PATH or ./PATH");
}

}  // namespace
}  // namespace crier::test
