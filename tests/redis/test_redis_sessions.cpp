// SPDX-License-Identifier: MIT
// How many sessions a shared cache in Redis has, and who waits for one.
#include <crier/error.hpp>

#include "redis/impostor.hpp"
#include "redis/server.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("redis: many callers share the sessions that there may be") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url() + "?deadline=60s", {.max_sessions = 2});
    Client client(server);
    std::atomic<int> done = 0;
    std::vector<std::jthread> callers;
    for (int i = 0; i < 8; ++i) {
      callers.emplace_back([&, key = std::to_string(i)] {
        for (int turn = 0; turn < 100; ++turn) {
          cache->set(key, std::to_string(turn));
          done += cache->get(key) == std::to_string(turn) ? 1 : 0;
        }
      });
    }
    const auto clients = [&] {
      const std::string list = client({"CLIENT", "LIST"});
      return std::ranges::count(list, '\n');
    };
    CHECK(eventually([&] {
      CHECK(clients() <= 3);  // ours among them
      return done == 8 * 100;
    }));
    callers.clear();
  });
}

TEST_CASE("redis: a session that comes free too late is an error that may be tried again") {
  // It never comes to the end of its answer.
  const Impostor impostor("$1000\r\n" + std::string(1000, 'x'), 10ms);
  const auto cache = open_shared_cache(impostor.url() + "?deadline=200ms", {.max_sessions = 1});
  std::atomic<int> refused = 0;
  const auto is_refused = [&] {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back([&] {
        const Error error = error_of([&] { static_cast<void>(cache->get("a")); });
        CHECK(error.retryable());
        refused += holds(error.what(), "no session of the shared cache in " + impostor.url() +
                                           " came free in 200ms, of 1: try again, or raise "
                                           "shared_cache.max_sessions")
                       ? 1
                       : 0;
      });
    }
    callers.clear();
    return refused >= 1;
  };
  CHECK(eventually(is_refused));  // a busy machine may run one after the other
}

}  // namespace
}  // namespace crier::test
