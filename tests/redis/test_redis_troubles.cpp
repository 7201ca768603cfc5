// SPDX-License-Identifier: MIT
// Servers that are not there, hang, refuse, or come back.
#include <crier/error.hpp>

#include "redis/impostor.hpp"
#include "redis/server.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <utility>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("what answers and is no Redis is told, whatever it says") {
  for (const auto& one :
       {std::pair("HTTP/1.1 400 Bad Request\r\n", "does not speak Redis' protocol"),
        std::pair("", "has closed the connection"), std::pair("$100\r\nx", "has closed the"),
        std::pair("$1\r\nx\r\n", "gives an answer of another form"),
        std::pair("*1\r\n$1\r\nx\r\n", "gives an answer of another form"),
        std::pair("+OK\r\n", "gives an answer of another form")}) {
    const std::string answer = one.first;
    const std::string told = one.second;
    CAPTURE(answer);
    const Impostor impostor(answer, 0ms);
    const auto cache = open_shared_cache(impostor.url());
    const std::string message = message_of([&] { cache->remove_value("a", "x"); });
    CHECK(holds(message, "the Redis server " + impostor.url() + " "));
    CHECK(holds(message, told));
  }
}

TEST_CASE("an answer that trickles in is waited for no longer than the deadline") {
  const Impostor impostor("$1000\r\n" + std::string(1000, 'x'), 10ms);
  const auto cache = open_shared_cache(impostor.url() + "?deadline=100ms");
  const auto begin = std::chrono::steady_clock::now();
  const Error error = error_of([&] { static_cast<void>(cache->get("a")); });
  CHECK(error.retryable());
  CHECK(holds(error.what(), "did not answer within 100ms"));
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("redis: a server that is not there is named, and may be tried again") {
  with_server([](RedisServer& server) {
    const std::string url = server.url();
    const auto cache = open_shared_cache(url);
    cache->set("a", "1");
    server.signal(SIGKILL);
    // The connection that is open ends, or no other can be made: as fast as either shows.
    for (int i = 0; i < 3; ++i) {
      const Error error = error_of([&] { static_cast<void>(cache->get("a")); });
      CHECK(error.retryable());
      CHECK(holds(error.what(), "the Redis server " + url + " "));
    }
    REQUIRE(server.restart());
    CHECK_FALSE(cache->get("a"));  // it keeps nothing
    cache->set("a", "2");
    CHECK(cache->get("a") == "2");
  });
}

TEST_CASE("redis: a server that was restarted costs no call") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    cache->set("a", "1");
    REQUIRE(server.restart());
    CHECK_NOTHROW(cache->set("a", "2"));
    CHECK(cache->get("a") == "2");
  });
}

TEST_CASE("redis: a server that hangs is waited for no longer than the deadline") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url() + "?deadline=50ms");
    // So little may be too little for a machine that has much to do.
    const auto is_done = [](const auto& call) {
      try {
        return call(), true;
      } catch (const Error&) {
        return false;
      }
    };
    REQUIRE(eventually([&] { return is_done([&] { cache->set("a", "1"); }); }));
    server.signal(SIGSTOP);
    const auto begin = std::chrono::steady_clock::now();
    const Error error = error_of([&] { static_cast<void>(cache->get("a")); });
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
    CHECK(error.retryable());
    CHECK(error.what() == "the Redis server " + server.url() +
                              " did not answer within 50ms; try again, or give it a longer "
                              "deadline");
    // What does not fit the socket's buffers either.
    CHECK(error_of([&] { cache->set("a", std::string(1024 * 1024, 'x')); }).retryable());
    server.signal(SIGCONT);
    CHECK(open_shared_cache(server.url())->get("a").has_value());
    // The answer that came too late is nobody's.
    std::optional<std::string> b = "nothing has come";
    CHECK(eventually([&] { return is_done([&] { b = cache->get("b"); }); }));
    CHECK(b == std::nullopt);
  });
}

// As Redis 5 and 6, and 7, say it.
TEST_CASE("where in a script an answer was an error is not told") {
  const std::string error = "WRONGTYPE Operation against a key holding the wrong kind of value";
  for (const std::string& answer :
       {"-ERR Error running script (call to f_0a): @user_script:12: " + error + "\r\n",
        "-ERR Error running script (call to f_0a): @user_script:12: @user_script: 12: " + error +
            "\r\n",
        "-" + error + " script: 0a, on @user_script:12.\r\n"}) {
    CAPTURE(answer);
    const Impostor impostor(answer, 0ms);
    const auto cache = open_shared_cache(impostor.url());
    CHECK(message_of([&] { cache->remove("a"); }) ==
          "the Redis server " + impostor.url() + " answers: " + error);
  }
}

TEST_CASE("redis: a password is given, and never told") {
  with_server(
      [](RedisServer& server) {
        const std::string place = server.url().substr(8);
        const std::string url = "redis://" + place;
        CHECK(holds(message_of([&] { static_cast<void>(open_shared_cache(url)->get("a")); }),
                    "answers: NOAUTH"));
        const auto cache = open_shared_cache("redis://s%40cret%2F1@" + place);
        cache->set("a", "1");
        CHECK(cache->get("a") == "1");
        CHECK(cache->name() == url);
        CHECK(open_shared_cache("redis://default:s%40cret%2F1@" + place)->get("a") == "1");
        for (const char* credentials : {"hidden", "somebody:hidden"}) {
          const Error error = error_of([&] {
            static_cast<void>(
                open_shared_cache("redis://" + std::string(credentials) + "@" + place)->get("a"));
          });
          CHECK(error.what() ==
                "the Redis server " + url + " does not take the user or the password of the URL");
          CHECK_FALSE(error.retryable());
        }
      },
      {"--requirepass", "s@cret/1"});
}

TEST_CASE("redis: what a server repeats of a command that it does not know is not told") {
  with_server(
      [](RedisServer& server) {
        const auto cache = open_shared_cache(server.url());
        const std::string message = message_of([&] { cache->set("a", "hidden"); });
        CHECK(holds(message, "answers: ERR unknown command"));
        CHECK_FALSE(holds(message, "hidden"));
        CHECK_FALSE(holds(message, "redis.call"));
        const std::string with_password = "redis://hidden@" + server.url().substr(8);
        CHECK_FALSE(holds(
            message_of([&] { static_cast<void>(open_shared_cache(with_password)->get("a")); }),
            "hidden"));
      },
      {"--rename-command", "EVAL", "", "--rename-command", "AUTH", ""});
}

TEST_CASE("redis: a key that holds something else, and a server that is full, are told") {
  with_server([](RedisServer& server) {
    const auto cache = open_shared_cache(server.url());
    Client client(server);
    client({"SET", "text", "x"});
    CHECK(message_of([&] { static_cast<void>(cache->get("text")); }) ==
          "the Redis server " + cache->name() +
              " answers: WRONGTYPE Operation against a key holding the wrong kind of value");
    cache->set("text", "mine");
    CHECK(cache->get("text") == "mine");
    client({"CONFIG", "SET", "maxmemory", "1"});
    CHECK(holds(message_of([&] { cache->set("a", "x"); }), "OOM"));
    CHECK(cache->get("text") == "mine");  // the connection goes on
  });
}

TEST_CASE("redis: a socket of this machine does as well") {
  with_server([](RedisServer& server) {
    const std::string url = "redis+unix://" + server.socket();
    const auto cache = open_shared_cache(url + "?database=2&prefix=p:");
    cache->set("a", "1");
    CHECK(cache->get("a") == "1");
    CHECK(cache->name() == url + "?prefix=p:");
    Client client(server);
    client({"SELECT", "2"});
    CHECK(client({"HGET", "p:a", "data"}) == "1");
    CHECK(holds(message_of([&] { static_cast<void>(open_shared_cache(url + ".none")->get("a")); }),
                "can't be reached"));
  });
}

TEST_CASE("redis: a database that the server has not is told") {
  with_server([](RedisServer& server) {
    CHECK(holds(
        message_of([&] { static_cast<void>(open_shared_cache(server.url() + "/99")->get("a")); }),
        "DB index is out of range"));
  });
}

}  // namespace
}  // namespace crier::test
