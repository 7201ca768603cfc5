// SPDX-License-Identifier: MIT
// A server that has lost its part: what that costs whom.
#include <crier/error.hpp>
#include <crier/shared_half.hpp>

#include "redis/impostor.hpp"
#include "redis/server.hpp"
#include "redis/wire.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"

#include <atomic>
#include <chrono>
#include <poll.h>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kReadOnly = "-READONLY You can't write against a read only replica.\r\n";
constexpr const char* kTwentyMinutes = "12000000000";

TEST_CASE("a write that a replica refuses is tried once more, where the URL leads to now") {
  std::atomic<bool> has_failed_over = false;
  RedisWire wire([&](int connection, const RedisWire::Words&) -> std::string {
    return connection > 0 || !has_failed_over ? ":1\r\n" : kReadOnly;
  });
  const auto cache = open_shared_cache(wire.url());
  cache->set("a", "1");
  has_failed_over = true;
  CHECK_NOTHROW(cache->set("a", "2"));
  CHECK(wire.connections() == 2);
  CHECK_NOTHROW(cache->set("a", "3"));
  CHECK(wire.connections() == 2);
}

TEST_CASE("a server that stays unfit is an error that may be tried again, and is asked anew") {
  for (const std::string word :
       {"READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "MISCONF", "NOREPLICAS"}) {
    CAPTURE(word);
    RedisWire wire([&](int, const RedisWire::Words&) { return "-" + word + " for now\r\n"; });
    const auto cache = open_shared_cache(wire.url());
    const Error error = error_of([&] { cache->set("a", "1"); });
    CHECK(error.retryable());
    CHECK(error.what() == "the Redis server " + wire.url() + " answers: " + word + " for now");
    const int before = wire.connections();
    CHECK(before == (word == "READONLY" ? 2 : 1));
    CHECK(error_of([&] { cache->set("a", "1"); }).retryable());
    CHECK(wire.connections() > before);
  }
}

TEST_CASE("a script's refusal on Redis 6 is known by its word as well") {
  RedisWire wire([](int, const RedisWire::Words&) -> std::string {
    return "-ERR Error running script (call to f_0a): @user_script:3: @user_script: 3: -READONLY "
           "You can't write against a read only replica.\r\n";
  });
  CHECK(error_of([&] { open_shared_cache(wire.url())->set("a", "1"); }).retryable());
}

TEST_CASE("a busy server is one that may be tried again, over the same connection") {
  for (const std::string word : {"BUSY", "TRYAGAIN"}) {
    RedisWire wire([&](int, const RedisWire::Words&) { return "-" + word + " for now\r\n"; });
    const auto cache = open_shared_cache(wire.url());
    CHECK(error_of([&] { cache->set("a", "1"); }).retryable());
    CHECK(error_of([&] { cache->set("a", "1"); }).retryable());
    CHECK(wire.connections() == 1);
  }
}

TEST_CASE("a renewal that can't be written costs a reader nothing, and is not tried each time") {
  std::atomic<int> renewals = 0;
  RedisWire wire([&](int, const RedisWire::Words& command) -> std::string {
    if (command.front() == "EVAL") {
      ++renewals;
      return kReadOnly;
    }
    return plain_entry(command, "value", kTwentyMinutes);
  });
  const auto cache = open_shared_cache(wire.url());
  for (int i = 0; i < 20; ++i) {
    CHECK(cache->get("a") == "value");
    CHECK_NOTHROW(cache->refresh("a"));
  }
  CHECK(wire.connections() == 1);
  CHECK(renewals < 40);
  CHECK(renewals >= 1);
}

TEST_CASE("a read whose kept connection has died is repeated, a write sent once") {
  std::atomic<int> writes = 0;
  RedisWire wire([&](int connection, const RedisWire::Words& command) -> std::string {
    if (command.front() == "EVAL") {
      return ++writes == 1 ? ":1\r\n" : "close";
    }
    return connection == 0 ? "close" : plain_entry(command, "value");
  });
  const auto cache = open_shared_cache(wire.url());
  cache->set("a", "1");
  CHECK(cache->get("a") == "value");
  CHECK(wire.connections() == 2);
  const Error error = error_of([&] { cache->set("a", "2"); });
  CHECK(error.retryable());
  CHECK(writes == 2);
}

TEST_CASE("all that a call does has one deadline") {
  // To connect takes two answers, and the write one: each is in time, all of them are not.
  RedisWire wire([](int, const RedisWire::Words& command) {
    ::poll(nullptr, 0, 350);
    return command.front() == "EVAL" ? ":1\r\n" : "+OK\r\n";
  });
  const std::string url = "redis://secret@" + wire.place() + "/3?deadline=";
  CHECK_NOTHROW(open_shared_cache(url + "60s")->set("a", "1"));
  const auto cache = open_shared_cache(url + "1s");
  const Error error = error_of([&] { cache->set("a", "1"); });
  CHECK(error.retryable());
  CHECK(holds(error.what(), "did not answer within 1s"));
}

TEST_CASE("redis: a replica is read, and refuses what would be written") {
  with_server([](RedisServer& master) {
    with_server(
        [&](RedisServer& replica) {
          open_shared_cache(master.url())->set("a", "1", {.sliding = 1h});
          const auto cache = open_shared_cache(replica.url());
          CHECK(eventually([&] {
            try {
              return cache->get("a") == "1";
            } catch (const Error& error) {
              CHECK(error.retryable());  // MASTERDOWN, LOADING
              return false;
            }
          }));
          // Due at once: it has never been renewed.
          for (int i = 0; i < 5; ++i) {
            CHECK(cache->get("a") == "1");
          }
          const auto found = dynamic_cast<SharedHalf&>(*cache).read("c", "a", {});
          REQUIRE(found.value);
          CHECK(found.value->data == "1");
          const Error error = error_of([&] { cache->set("a", "2"); });
          CHECK(error.retryable());
          CHECK(holds(error.what(), "READONLY"));
          // It becomes the master, at the same place.
          Client client(replica);
          client({"REPLICAOF", "NO", "ONE"});
          CHECK_NOTHROW(cache->set("a", "3"));
          CHECK(cache->get("a") == "3");
        },
        {"--replicaof", "127.0.0.1 " + std::to_string(master.port())});
  });
}

TEST_CASE("a Cluster's node that has the slot now is found, and kept") {
  std::string elsewhere;
  RedisWire owner([](int, const RedisWire::Words& command) {
    return command.front() == "EVAL" ? ":1\r\n" : plain_entry(command, "value");
  });
  RedisWire other(
      [&](int, const RedisWire::Words&) { return "-MOVED 3999 " + elsewhere + "\r\n"; });
  elsewhere = owner.place();
  const auto cache = open_shared_cache("redis+cluster://" + other.place() + "?prefix={shop}:");
  CHECK_NOTHROW(cache->set("a", "1"));
  CHECK(cache->get("a") == "value");
  CHECK(other.connections() == 1);
  CHECK(owner.connections() == 1);

  const Error error =
      error_of([&] { open_shared_cache("redis://" + other.place())->set("a", "1"); });
  CHECK_FALSE(error.retryable());
  CHECK(holds(error.what(), "is a node of a Cluster: write redis+cluster://"));
  // Nobody is led round in circles.
  elsewhere = other.place();
  CHECK(error_of([&] {
          open_shared_cache("redis+cluster://" + other.place() + "?prefix={shop}:")->set("a", "1");
        }).retryable());
}

}  // namespace
}  // namespace crier::test
