// SPDX-License-Identifier: MIT
// Clients of crier serve that are wrong, slow or greedy.
#include "cli/browser.hpp"
#include "serve/access_tokens.hpp"
#include "serve/http_server.hpp"
#include "serve/json_text.hpp"
#include "support/eventually.hpp"
#ifdef CRIER_HAS_POSTGRES
#include "support/postgres_server.hpp"
#endif

#include <doctest/doctest.h>

#include <chrono>
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
                                 "a00000\r\n" + body));
  CHECK(chunked.receive().find("200 OK") == std::string::npos);
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

// Whatever is asked, "well".
struct QuickServer {
  cli::Listener listener = cli::listen_at({"127.0.0.1", 0});
  cli::HttpServer server{
      listener.socket,
      [](const cli::HttpRequest& request) {
        return request.path == "/large"
                   ? cli::HttpResponse{.body = std::string(64 * 1024 * 1024, 'x')}
                   : cli::HttpResponse{.body = "well"};
      },
      {.connections = 4, .patience = 300ms}};

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
  CHECK(cli::indented_json(R"({"a":[1,{"b":"x,{}\"y"}],"c":{},"d":[ ]})") ==
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x,{}\\\"y\"\n    }\n  ],\n  \"c\": {},\n  "
        "\"d\": [\n    \n  ]\n}");
  CHECK(cli::indented_json("]]]").size() < 20);
  CHECK(cli::indented_json("\"\\").size() == 2);
  CHECK(cli::indented_json("").empty());
  CHECK(cli::indented_json(std::string(500'000, '[')).size() < 500'000 * 50);
}

#ifdef CRIER_HAS_POSTGRES
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
