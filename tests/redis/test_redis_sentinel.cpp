// SPDX-License-Identifier: MIT
// Servers that Sentinels watch.
#include <crier/error.hpp>

#include "redis/impostor.hpp"
#include "redis/server.hpp"
#include "redis/wire.hpp"
#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::string master_at(int port) {
  return "*2\r\n" + bulk("127.0.0.1") + bulk(std::to_string(port));
}

// A server that takes every set and calls itself `role`.
RedisWire::Answer server(const std::string& role) {
  return [role](int, const RedisWire::Words& command) -> std::string {
    return command.front() == "ROLE" ? "*3\r\n" + bulk(role) + ":0\r\n*0\r\n" : ":1\r\n";
  };
}

TEST_CASE("the first Sentinel that answers is believed, and asked first from then on") {
  RedisWire master(server("master"));
  RedisWire deaf([](int, const RedisWire::Words&) { return "close"; });
  RedisWire ignorant([](int, const RedisWire::Words&) { return "*-1\r\n"; });
  RedisWire odd([](int, const RedisWire::Words&) { return "*1\r\n:1\r\n"; });
  RedisWire knowing([&](int, const RedisWire::Words& command) {
    CHECK(command == RedisWire::Words{"SENTINEL", "get-master-addr-by-name", "shop"});
    return master_at(master.port());
  });
  const std::string hosts =
      deaf.place() + "," + ignorant.place() + "," + odd.place() + "," + knowing.place();
  const auto cache = open_shared_cache("redis+sentinel://" + hosts + "/shop", {.max_sessions = 1});
  cache->set("a", "1");
  CHECK(deaf.connections() == 1);
  CHECK(odd.connections() == 1);
  CHECK(master.connections() == 1);
  cache->set("a", "1");
  CHECK(eventually([&] { return knowing.connections() >= 2; }));  // it goes on to be watched
  CHECK(deaf.connections() == 1);

  const auto unlucky = open_shared_cache("redis+sentinel://" + deaf.place() + "," +
                                         ignorant.place() + "/shop?deadline=10s");
  const Error error = error_of([&] { unlucky->set("a", "1"); });
  CHECK(error.retryable());
  CHECK(holds(error.what(), "is not known to its Sentinels: " + deaf.place() +
                                " has closed the connection; " + ignorant.place() +
                                " knows no master of that name"));
  CHECK_FALSE(error_of([&] {
                open_shared_cache("redis+sentinel://" + ignorant.place() + "/x")->set("a", "1");
              }).retryable());
}

TEST_CASE("an old master that stands is left within moments, whatever it still takes") {
  RedisWire old_master(server("master"));
  RedisWire new_master(server("master"));
  std::atomic<int> port = old_master.port();
  RedisWire knowing([&](int, const RedisWire::Words&) { return master_at(port); });
  const auto cache = open_shared_cache("redis+sentinel://" + knowing.place() + "/shop");
  cache->set("a", "1");
  CHECK(new_master.connections() == 0);
  port = new_master.port();
  CHECK(eventually([&] {
    cache->set("a", "2");
    return new_master.connections() == 1;
  }));
}

TEST_CASE("while no Sentinel answers, what is open is used") {
  RedisWire master(server("master"));
  std::atomic<int> asked = 0;
  RedisWire knowing([&](int, const RedisWire::Words&) -> std::string {
    return ++asked == 1 ? master_at(master.port()) : "close";
  });
  const auto cache =
      open_shared_cache("redis+sentinel://" + knowing.place() + "/shop", {.max_sessions = 1});
  cache->set("a", "1");
  CHECK(eventually([&] { return asked >= 2; }));
  CHECK_NOTHROW(cache->set("a", "2"));
  CHECK(master.connections() == 1);
}

TEST_CASE("a Sentinel that is silent has no more than its share of the deadline") {
  RedisWire master(server("master"));
  RedisWire silent([](int, const RedisWire::Words&) { return ""; });
  RedisWire knowing([&](int, const RedisWire::Words&) { return master_at(master.port()); });
  const auto cache = open_shared_cache("redis+sentinel://" + silent.place() + "," +
                                       knowing.place() + "/shop?deadline=10s");
  CHECK_NOTHROW(cache->set("a", "1"));
}

TEST_CASE("a replica that a Sentinel takes for the master is not written to") {
  RedisWire replica(server("slave"));
  RedisWire knowing([&](int, const RedisWire::Words&) { return master_at(replica.port()); });
  const auto cache = open_shared_cache("redis+sentinel://" + knowing.place() + "/shop");
  const Error error = error_of([&] { cache->set("a", "1"); });
  CHECK(error.retryable());
  CHECK(holds(error.what(), replica.place() + ") is not the master"));
}

TEST_CASE("a Sentinel has a password of its own, which is never told") {
  RedisWire master([](int, const RedisWire::Words& command) -> std::string {
    if (command.front() == "AUTH") {
      return command == RedisWire::Words{"AUTH", "us", "pw"} ? "+OK\r\n" : "-WRONGPASS no\r\n";
    }
    return server("master")(0, command);
  });
  RedisWire knowing([&](int, const RedisWire::Words& command) -> std::string {
    if (command.front() == "AUTH") {
      return command == RedisWire::Words{"AUTH", "hidden"} ? "+OK\r\n" : "-WRONGPASS no\r\n";
    }
    return master_at(master.port());
  });
  const std::string place = "redis+sentinel://us:pw@" + knowing.place() + "/shop";
  CHECK_NOTHROW(open_shared_cache(place + "?sentinel_password=hidden")->set("a", "1"));
  const auto wrong = open_shared_cache(place + "?sentinel_user=hidden&sentinel_password=hidden2");
  const std::string message = message_of([&] { wrong->set("a", "1"); });
  CHECK(holds(message, "does not take sentinel_user or sentinel_password"));
  CHECK_FALSE(holds(message, "hidden"));
}

// Two servers and the Sentinel that watches them, each a process.
struct Watched {
  explicit Watched(const RedisServer& master, const RedisServer& replica) {
    const auto conf = dir / "sentinel.conf";
    std::ofstream(conf) << "port " << port << "\nbind 127.0.0.1\nlogfile \"\"\ndir "
                        << dir.path().string() << "\nsentinel monitor shop 127.0.0.1 "
                        << master.port() << " 1\nsentinel down-after-milliseconds shop 3000\n"
                        << "sentinel failover-timeout shop 3000\n";
    sentinel = std::make_unique<Child>(
        dir.path(), "sentinel",
        std::vector<std::string>{"/usr/bin/env", "redis-sentinel", conf.string()});
    const std::string replica_port = "port=" + std::to_string(replica.port());
    knows_both = eventually([&] {
                   if (sentinel->has_ended()) {
                     return true;
                   }
                   return Client(port)({"SENTINEL", "replicas", "shop"})
                              .find(std::to_string(replica.port())) != std::string::npos;
                 }) &&
                 !sentinel->has_ended();
  }
  [[nodiscard]] std::string url() const {
    return "redis+sentinel://127.0.0.1:" + std::to_string(port) + "/shop";
  }

  const TempDir dir;
  const int port = RedisServer::free_port();
  std::unique_ptr<Child> sentinel;
  bool knows_both = false;
};

TEST_CASE("redis: a real failover heals at once, for readers and writers") {
  with_server([](RedisServer& master) {
    with_server(
        [&](RedisServer& replica) {
          Watched watched(master, replica);
          if (!watched.knows_both) {
            MESSAGE(
                "SKIPPED: there is no redis-sentinel that would watch (Debian: redis-sentinel)");
            return;
          }
          const auto cache = open_shared_cache(watched.url());
          // Who is given another part hangs up on all.
          const auto ask = [](int port, const std::vector<std::string>& words) {
            Client client(port);
            return client(words);
          };
          const auto writes = [&](const std::string& value) {
            try {
              cache->set("a", value);
              CHECK(cache->get("a") == value);
              return true;
            } catch (const Error& error) {
              CHECK(error.retryable());
              return false;
            }
          };
          REQUIRE(eventually([&] { return writes("1"); }));
          CHECK(eventually([&] { return ask(replica.port(), {"HGET", "a", "data"}) == "1"; }));
          master.signal(SIGKILL);
          CHECK(eventually([&] { return writes("2"); }, 3min));
          CHECK(ask(replica.port(), {"HGET", "a", "data"}) == "2");
        },
        {"--replicaof", "127.0.0.1 " + std::to_string(master.port())});
  });
}

}  // namespace
}  // namespace crier::test
