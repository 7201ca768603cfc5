// SPDX-License-Identifier: MIT
// The rules of SharedCache, in Redis. Time can't be made to pass there: what expires is made older
// by changing the entry.
#include <crier/error.hpp>

#include "redis/server.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using Value = std::optional<std::string>;

constexpr Value kNone = std::nullopt;

SharedTime now_of(Client& client) {
  const std::string time = client({"TIME"});  // " 1790000000 123456"
  return SharedTime(std::chrono::seconds(std::stoll(time)));
}

TEST_CASE("redis: bytes are stored, replaced and removed") {
  with_server([](RedisServer& server) {
    const auto one = open_shared_cache(server.url());
    const auto other = open_shared_cache(server.url());
    const std::string bytes("\0\xff\r\n'x'\0", 8);
    one->set("a", bytes);
    one->set(std::string("nul\0", 4), "");
    CHECK(other->get("a") == bytes);
    CHECK(other->get(std::string("nul\0", 4)) == "");
    CHECK(other->get("nul") == kNone);
    other->set("a", std::string(1024 * 1024, 'x'));
    CHECK(one->get("a") == std::string(1024 * 1024, 'x'));
    one->remove("a");
    one->remove("never there");
    one->refresh("never there");
    CHECK(other->get("a") == kNone);
    CHECK(one->name() == server.url());
  });
}

TEST_CASE("redis: what every shared cache refuses is refused, and nothing is done") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url(), {.max_value_bytes = 4});
    cache->set("a", "1234");
    Client client(server);
    const SharedTime now = now_of(client);
    for (const Error& error :
         {error_of([&] { cache->set("", "x"); }),
          error_of([&] { cache->set(std::string(450, 'k'), "x"); }),
          error_of([&] { static_cast<void>(cache->get("\xff")); }),
          error_of([&] { static_cast<void>(cache->lookup("")); }),
          error_of([&] { cache->refresh(""); }), error_of([&] { cache->remove("\xff"); }),
          error_of([&] { cache->set("a", "12345"); }),
          error_of([&] { cache->set("a", "x", {.after = 0ms}); }),
          error_of([&] { cache->set("a", "x", {.sliding = -1ms}); }),
          error_of([&] { cache->set("a", "x", {.at = now - 1min}); }),
          error_of([&] { cache->set("a", "x", {.at = SharedTime::min()}); }),
          error_of([&] { cache->add("b", "x", {}, {.at = now - 1min}); })}) {
      CHECK(error.invalid_argument());
    }
    CHECK(cache->get("a") == "1234");
    CHECK(cache->get("b") == kNone);
    CHECK(error_of([&] {
            static_cast<void>(open_shared_cache(server.url(), {.max_value_bytes = 0}));
          }).invalid_argument());
  });
}

TEST_CASE("redis: an entry expires as it was set to, and is invisible at once") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    Client client(server);
    cache->set("short", "x", {.after = 50ms});
    cache->set("at", "x", {.at = now_of(client) + 15s});
    cache->set("slides", "x", {.sliding = 100ms});
    cache->set("kept", "x", {.after = 1h, .sliding = 1min});
    CHECK(cache->get("kept") == "x");
    for (const char* key : {"short", "at", "slides"}) {
      // `slides` is not looked at until it can be gone: each look would keep it.
      if (std::string(key) == "slides") {
        CHECK(eventually([&] { return client({"EXISTS", key}) == "0"; }));
      }
      CHECK(eventually([&] { return !cache->get(key); }));
    }
    CHECK(cache->get("kept") == "x");
    // Where the key outlives the entry's own time, as ASP.NET's whole seconds let it.
    client({"HSET", "kept", "absexp", "621355968000010000"});
    CHECK(cache->get("kept") == kNone);
    cache->refresh("kept");
    CHECK_FALSE(cache->lookup("kept").value);
  });
}

TEST_CASE("redis: a use renews a sliding entry, up to its absolute time") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    Client client(server);
    const auto left = [&](const char* key) { return std::stoll(client({"PTTL", key})); };
    cache->set("slides", "x", {.sliding = 1h});
    cache->set("both", "x", {.after = 30min, .sliding = 1h});
    cache->set("fixed", "x", {.after = 30min});
    CHECK(left("both") <= 1'800'000);
    for (const auto use :
         {+[](SharedCache&used, const char*key) { static_cast<void>(used.get(key)); },
          +[](SharedCache&used, const char*key) { used.refresh(key); },
          +[](SharedCache&used, const char*key) { static_cast<void>(used.lookup(key)); }}) {
      for (const char* key : {"slides", "both", "fixed"}) {
        client({"PEXPIRE", key, "60000"});
        use(*cache, key);
      }
      CHECK(left("slides") > 3'900'000);
      CHECK(left("slides") <= 3'960'000);
      CHECK(left("both") > 1'700'000);
      CHECK(left("both") <= 1'800'000);
      CHECK(left("fixed") <= 60'000);
    }
  });
}

TEST_CASE("redis: without an expiry the options' sliding time holds, or none") {
  with_server([](RedisServer& server) {
    Client client(server);
    open_shared_cache(server.url())->set("usual", "x");
    open_shared_cache(server.url(), {.default_sliding = {}})->set("endless", "x");
    CHECK(client({"HMGET", "usual", "absexp", "sldexp"}) == " -1 12000000000");
    CHECK(client({"HMGET", "endless", "absexp", "sldexp"}) == " -1 -1");
    CHECK(client({"PTTL", "endless"}) == "-1");
    const auto cache = open_shared_cache(server.url());
    constexpr auto kLongest = std::chrono::milliseconds::max();
    cache->set("long", "x", {.after = kLongest, .sliding = kLongest});
    cache->set("late", "x", {.at = SharedTime::max()});
    CHECK(cache->get("long") == "x");
    CHECK(cache->get("late") == "x");
    CHECK(std::stoll(client({"PTTL", "long"})) > 3'000'000'000'000);
  });
}

TEST_CASE("redis: a fill never brings back what was replaced since its lookup") {
  with_server([](RedisServer& server) {
    const auto filler = open_shared_cache(server.url());
    const auto other = open_shared_cache(server.url());
    Client stranger(server);
    CHECK(filler->add("a", "1", filler->lookup("a").stamp));
    CHECK(filler->get("a") == "1");
    other->remove("a");
    const auto refused = [&](auto meanwhile) {
      const SharedStamp miss = filler->lookup("a").stamp;
      meanwhile();
      const Value before = other->get("a");
      CHECK_FALSE(filler->add("a", "old", miss));
      CHECK(other->get("a") == before);
      other->remove("a");
    };
    refused([&] { other->set("a", "new"); });
    refused([&] { other->remove("a"); });
    refused([&] {
      other->set("a", "new");
      other->remove("a");
    });
    refused([&] { CHECK(other->add("a", "new", other->lookup("a").stamp)); });
    // By a program that knows nothing of stamps.
    refused([&] { stranger({"HSET", "a", "absexp", "-1", "sldexp", "-1", "data", "new"}); });
    SharedStamp miss = filler->lookup("a").stamp;
    miss.seen_ms -= std::chrono::milliseconds(SharedCache::kRemembers).count();
    CHECK_FALSE(filler->add("a", "old", miss));
    CHECK(filler->add("a", "old", filler->lookup("a").stamp));
  });
}

TEST_CASE("redis: a fill takes the place of an entry that has expired, though its key stays") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    Client stranger(server);
    stranger({"HSET", "a", "absexp", "621355968000010000", "sldexp", "-1", "data", "old"});
    const SharedLookup found = cache->lookup("a");
    CHECK(found.value == kNone);
    CHECK(cache->add("a", "new", found.stamp));
    CHECK(cache->get("a") == "new");
    for (const char* absexp :
         {"-1", "662380416000000000", "no number"}) {  // none, 2100, unreadable
      stranger({"HSET", "a", "absexp", absexp, "sldexp", "-1", "data", "theirs"});
      stranger({"DEL",
                "\xff"
                "a"});
      CHECK_FALSE(cache->add("a", "new", cache->lookup("b").stamp));
      CHECK(cache->get("a") == "theirs");
    }
  });
}

TEST_CASE("redis: what is removed by its value stays where another one has been set") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    Client stranger(server);
    cache->set("a", std::string("old\0", 4));
    const SharedStamp miss = cache->lookup("b").stamp;
    CHECK(cache->remove_value("a", std::string("old\0", 4)));
    CHECK_FALSE(cache->remove_value("a", std::string("old\0", 4)));
    CHECK(cache->get("a") == kNone);
    CHECK_FALSE(cache->add("a", "filled", miss));
    // By a program that knows nothing of stamps.
    stranger({"HSET", "a", "absexp", "-1", "sldexp", "-1", "data", "new"});
    CHECK_FALSE(cache->remove_value("a", "old"));
    CHECK(cache->get("a") == "new");
    CHECK(cache->remove_value("a", "new"));
  });
}

TEST_CASE("redis: of many fills at once one stores") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    for (int round = 0; round < 20; ++round) {
      const std::string key = std::to_string(round);
      const SharedStamp miss = cache->lookup(key).stamp;
      std::atomic<int> stored = 0;
      std::vector<std::thread> threads;
      for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] { stored += cache->add(key, std::to_string(i), miss); });
      }
      for (std::thread& thread : threads) {
        thread.join();
      }
      CHECK(stored == 1);
      CHECK(cache->get(key).has_value());
    }
  });
}

}  // namespace
}  // namespace crier::test
