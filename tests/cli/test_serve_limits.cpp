// SPDX-License-Identifier: MIT
// Clients of crier serve that are wrong, slow or greedy.
#include <crier/admin/history.hpp>

#include "cli/browser.hpp"
#include "cli/local_site.hpp"
#include "serve/access_tokens.hpp"
#include "serve/http_server.hpp"
#include "serve/json_text.hpp"
#include "serve/routes.hpp"
#include "support/eventually.hpp"
#ifdef CRIER_HAS_POSTGRES
#include "support/postgres_server.hpp"
#endif

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::string head_of(const WebPages& pages, const std::string& method, const std::string& more) {
  return method + " /failures/retry HTTP/1.1\r\nHost: " + pages.host() + "\r\nOrigin: http://" +
         pages.host() + "\r\nContent-Type: application/x-www-form-urlencoded\r\n" + more;
}

TEST_CASE("a body that is too large is refused, whether its length is told or not") {
  const Database database;
  WebPages pages(database.url());
  const std::string body(10 * 1024 * 1024, 'x');
  const WebAnswer told = ask(
      pages.port(),
      head_of(pages, "POST",
              "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n") +
          body);
  CHECK((told.status == 413 || told.status == 0));  // the answer may be lost with the connection
  const WebConnection early(pages.port());
  REQUIRE(early.send(head_of(pages, "POST", "Content-Length: 10485760\r\n\r\n")));
  CHECK(early.receive("bytes.").find("413") != std::string::npos);
  const WebConnection chunked(pages.port());
  static_cast<void>(chunked.send(head_of(pages, "POST", "Transfer-Encoding: chunked\r\n\r\n") +
                                 "a00000\r\n" + body + "\r\n0\r\n\r\n"));
  CHECK(chunked.receive() == "");  // there is no way to answer
  CHECK(pages.get("/").status == 200);
}

TEST_CASE("a head that is too large, or is no HTTP, is refused") {
  const Database database;
  WebPages pages(database.url());
  const std::vector<std::string> bad = {
      "GET / HTTP/1.1\r\nHost: " + pages.host() + "\r\nX: " + std::string(100'000, 'x') +
          "\r\nConnection: close\r\n\r\n",
      "GET /" + std::string(100'000, 'x') + " HTTP/1.1\r\nHost: " + pages.host() + "\r\n\r\n",
      "nonsense\r\n\r\n",
      std::string("\0\1\2\3\r\n\r\n", 8),
      "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
      head_of(pages, "POST", "Content-Length: -1\r\nConnection: close\r\n\r\n"),
      head_of(pages, "POST",
              "Content-Length: 99999999999999999999999\r\nConnection: close\r\n\r\n")};
  for (const std::string& bytes : bad) {
    CAPTURE(bytes.substr(0, 60));
    const WebConnection connection(pages.port());
    static_cast<void>(connection.send(bytes));
    const std::string answer = connection.receive(" ");
    CHECK(answer.find("200 OK") == std::string::npos);
  }
  CHECK(pages.get("/%ff%zz?%00=%zz&&=&a=%").status == 404);
  CHECK(pages.get("/").status == 200);
}

constexpr std::size_t kLarge = 64 * 1024 * 1024;

// Whatever is asked, "well".
struct QuickServer {
  cli::HttpLimits limits{.connections = 4, .patience = 300ms};
  cli::Listener listener = cli::listen_at({"127.0.0.1", 0});
  cli::HttpServer server{listener.socket,
                         [](const cli::HttpRequest& request) {
                           return request.path == "/large"
                                      ? cli::HttpResponse{.body = std::string(kLarge, 'x')}
                                      : cli::HttpResponse{.body = "well"};
                         },
                         limits};

  [[nodiscard]] std::string get() const {
    const WebConnection connection(listener.port);
    static_cast<void>(connection.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    return connection.receive();
  }
};

TEST_CASE("a client that sends its request byte by byte is cut off") {
  const QuickServer quick;
  const WebConnection slow(quick.listener.port);
  REQUIRE(slow.send("GET / HTTP/1.1\r\nX: "));
  const auto end = std::chrono::steady_clock::now() + 60s;
  bool is_open = true;
  while (is_open && std::chrono::steady_clock::now() < end) {
    is_open = slow.send("x");
    std::this_thread::sleep_for(20ms);  // it is never silent for as long as the server waits
  }
  CHECK_FALSE(is_open);
  CHECK(quick.get().ends_with("well"));
}

TEST_CASE("clients that say nothing, or do not read, free their places in the end") {
  const QuickServer quick;
  std::vector<std::unique_ptr<WebConnection>> silent;
  for (int i = 0; i < 3; ++i) {
    silent.push_back(std::make_unique<WebConnection>(quick.listener.port));
  }
  silent.push_back(std::make_unique<WebConnection>(quick.listener.port));
  REQUIRE(silent.back()->send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(eventually([&] { return quick.get().ends_with("well"); }));
}

TEST_CASE("a client that reads slowly is cut off, too") {
  const QuickServer quick;
  const WebConnection slow(quick.listener.port);
  REQUIRE(slow.send("GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  std::size_t received = 0;
  for (std::string some = "some"; !some.empty(); received += some.size()) {
    some = slow.receive_some(16 * 1024);
    std::this_thread::sleep_for(1ms);  // in seconds it would have all; the server is never idle
  }
  CHECK(received < kLarge);
}

TEST_CASE("no more clients are served at once than there may be") {
  const QuickServer quick{.limits = {.connections = 2, .patience = 60s}};
  const WebConnection first(quick.listener.port);
  {
    const WebConnection second(quick.listener.port);
    REQUIRE(first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    REQUIRE(second.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    REQUIRE(first.receive("well").ends_with("well"));
    REQUIRE(second.receive("well").ends_with("well"));
    CHECK(quick.get().empty());
  }
  CHECK(eventually([&] { return quick.get().ends_with("well"); }));
}

TEST_CASE("a page that gets no connection in its time says so") {
  const Database database;
  cli::Site site = local_site(database.url());
  constexpr std::ptrdiff_t kPlaces = 8;
  std::latch taken(kPlaces);
  std::promise<void> done;
  const std::shared_future<void> is_done = done.get_future().share();
  {
    std::vector<std::jthread> holders;
    for (std::ptrdiff_t i = 0; i < kPlaces; ++i) {
      holders.emplace_back([&] {
        site.access.read(std::chrono::steady_clock::now() + 60s, [&](Connection&) {
          taken.count_down();
          return is_done.wait_for(30s);
        });
      });
    }
    taken.wait();
    const cli::HttpResponse page = cli::answer({.method = "GET",
                                                .path = "/nodes",
                                                .query = {},
                                                .form = {},
                                                .headers = {{"Host", "localhost"}}},
                                               site);
    CHECK(page.status == 503);
    CHECK(page.body.find("too many people look at once") != std::string::npos);
    done.set_value();
  }
  CHECK(cli::answer({.method = "GET",
                     .path = "/nodes",
                     .query = {},
                     .form = {},
                     .headers = {{"Host", "localhost"}}},
                    site)
            .status == 200);
}

TEST_CASE("what makes a page can't write") {
  const Database database;
  cli::StoreAccess access(open_store(database.url()));
  const auto write = [](Connection& connection) {
    const EventRecord event;
    connection.history().record({&event, 1});
    return true;
  };
  CHECK_THROWS_AS(access.read(std::chrono::steady_clock::now() + 60s, write), Error);
  CHECK(query(database.path(), "SELECT count(*) FROM crierEvent WHERE kind = ''") == "0");
}

TEST_CASE("many requests may come over one connection") {
  const QuickServer quick;
  const WebConnection connection(quick.listener.port);
  for (int i = 0; i < 100; ++i) {
    REQUIRE(connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    REQUIRE(connection.receive("well").ends_with("well"));
  }
}

TEST_CASE("secrets are compared as a whole") {
  CHECK(cli::same_secret("abc", "abc"));
  CHECK(cli::same_secret("", ""));
  for (const std::string other : {"", "ab", "abcd", "abd", "bbc", "abcabc"}) {
    CHECK_FALSE(cli::same_secret("abc", other));
    CHECK_FALSE(cli::same_secret(other, "abc"));
  }
  CHECK(cli::random_secret() != cli::random_secret());
}

TEST_CASE("JSON is indented, however deep it is, and what is none stays readable") {
  const auto indented = [](const std::string& json) {
    return cli::indented_json(json, 50 * 500'000).text;
  };
  CHECK(indented(R"({"a":[1,{"b":"x,{}\"y"}],"c":{},"d":[ ]})") ==
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x,{}\\\"y\"\n    }\n  ],\n  \"c\": {},\n  "
        "\"d\": [\n    \n  ]\n}");
  CHECK(indented("]]]").size() < 20);
  CHECK(indented("\"\\").size() == 2);
  CHECK(indented("").empty());
  CHECK(indented(std::string(500'000, '[')).size() < 500'000 * 50);
}

TEST_CASE("of a long text no more is made than is shown") {
  const cli::IndentedJson cut = cli::indented_json(std::string(1'000'000, '['), 1000);
  CHECK(cut.text.size() == 1000);
  CHECK(cut.text.capacity() < 10'000);
  CHECK(cut.is_cut);
  CHECK_FALSE(cli::indented_json("[1]", 7).is_cut);
  CHECK(cli::indented_json("[1]", 6).is_cut);
  const Database database;
  std::string row;
  for (int i = 0; i < 100; ++i) {
    std::string payload = "[1";
    for (int k = 0; k < 10'000; ++k) {
      payload += ",1";
    }
    row += std::string(i == 0 ? "[" : ",") + R"({"RefreshType":4,"RefresherId":")" + kProducts +
           R"(","JsonPayload":")" + payload + "]\"}";
  }
  database.put(1, row + "]");
  WebPages pages(database.url());
  const WebAnswer page = pages.get("/entry?id=1");
  CHECK(page.status == 200);
  CHECK(page.holds("The rest is left out: it has 20003 bytes."));
  CHECK(page.body.size() < 2'000'000);
}

TEST_CASE("a connection that was made in haste has the store's own deadline") {
  const Database database;
  const auto store = open_store("sqlite:" + database.path() + "?deadline=7s");
  CHECK(store->connect_within(1s, Access::read_only)->deadline() == 7s);
}

#ifdef CRIER_HAS_POSTGRES
TEST_CASE("postgres: a look ends when its page is due, however long the store's deadline is") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  REQUIRE(run_tool({"migrate"}, "", server->url()).code == 0);
  cli::StoreAccess access(open_store(server->url("&deadline=1m")));
  const auto look = [](Connection& connection) { return connection.nodes().list().size(); };
  CHECK(access.read(std::chrono::steady_clock::now() + 60s, look) == 0);
  server->pause();
  const auto begin = std::chrono::steady_clock::now();
  CHECK_THROWS_AS(access.read(begin + 300ms, look), Error);
  server->resume();
  CHECK(
      open_store(server->url("&deadline=7s"))->connect_within(1s, Access::read_only)->deadline() ==
      7s);
  server->pause();
  cli::StoreAccess another(open_store(server->url("&deadline=1m")));  // which has yet to connect
  CHECK_THROWS_AS(another.read(std::chrono::steady_clock::now() + 300ms, look), Error);
  CHECK(std::chrono::steady_clock::now() - begin < 40s);
  server->resume();
}

TEST_CASE("postgres: a page that the database keeps waiting ends with 503") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  const std::string url = server->url("&deadline=1s");
  REQUIRE(run_tool({"migrate"}, "", server->url()).code == 0);
  WebPages pages(url);
  CHECK(pages.get("/").status == 200);
  server->pause();
  const WebAnswer page = pages.get("/");
  server->resume();
  CHECK(page.status == 503);
  CHECK(page.holds("Could not look"));
  CHECK(eventually([&] { return pages.get("/").status == 200; }));
}
#endif

}  // namespace
}  // namespace crier::test
