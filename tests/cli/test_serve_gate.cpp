// SPDX-License-Identifier: MIT
// Who may ask crier serve for what.
#include "cli/browser.hpp"
#include "cli/cluster.hpp"
#include "serve/gate.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

const std::string kToken = "0123456789abcdef0123456789abcdef";

std::string token_file(const TempDir& folder, const std::string& text,
                       fs::perms mode = fs::perms::owner_read | fs::perms::owner_write) {
  const fs::path path = folder / "tokens";
  std::ofstream(path) << text;
  fs::permissions(path, mode);
  return path;
}

std::string request(const std::string& method, const std::string& path, const std::string& head,
                    const std::string& body = {}) {
  return method + " " + path + " HTTP/1.1\r\n" + head +
         "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// What becomes of a server that is to end by itself: if it does not, it is ended.
Outcome started(const Database& database, const Args& args) {
  return RunningTool(args, database.url()).stop();
}

TEST_CASE("a page is given under the server's own names only") {
  const Database database;
  const WebPages pages(database.url(), {"--host", "Cache.example", "--host", "[2001:DB8::1]"});
  const std::string port = ":" + std::to_string(pages.port());
  for (const std::string& name :
       {"127.0.0.1" + port, std::string("localhost"), "[::1]" + port, std::string("LOCALHOST:9000"),
        std::string("cache.example"), "cache.example" + port, "[2001:db8::1]" + port}) {
    CAPTURE(name);
    CHECK(ask(pages.port(), request("GET", "/", "Host: " + name + "\r\n")).status == 200);
  }
  for (const std::string name :
       {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[::1",
        "cache.example@evil.example", "<script>", "127.0.0.1:80@evil", "localhost:80, evil",
        "localhost\r\nHost: localhost"}) {
    CAPTURE(name);
    const WebAnswer answer = ask(pages.port(), request("GET", "/", "Host: " + name + "\r\n"));
    CHECK(answer.status == 421);
    CHECK(answer.holds("does not answer to the name"));
    CHECK_FALSE(answer.holds("<script>"));
    CHECK_FALSE(answer.holds("shop.db"));
  }
}

TEST_CASE("a form counts only from a page of this server, with the secret that it holds") {
  const Healthy log;
  quarantine(log.database, {FailureRecord{}});
  WebPages pages(log.database.url(), {"--allow-actions"});
  const std::string secret = pages.secret();
  REQUIRE(secret.size() == 64);
  const std::string host = "Host: " + pages.host() + "\r\n";
  const std::string origin = "Origin: http://" + pages.host() + "\r\n";
  const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
  const auto post = [&](const std::string& head, const std::string& body) {
    return ask(pages.port(), request("POST", "/failures/dismiss", head, body)).status;
  };
  const std::string good = "secret=" + secret + "&id=1";
  CHECK(post(host + form, good) == 403);
  CHECK(post(host + form + "Origin: null\r\n", good) == 403);
  CHECK(post(host + form + "Origin: http://evil.example\r\n", good) == 403);
  CHECK(post(host + form + "Origin: http://127.0.0.1\r\n", good) == 403);
  CHECK(post(host + form + origin, "id=1") == 403);
  CHECK(post(host + form + origin, "secret=&id=1") == 403);
  CHECK(post(host + form + origin, "secret=" + std::string(64, '0') + "&id=1") == 403);
  CHECK(post(host + origin + "Content-Type: text/plain\r\n", good) == 415);
  CHECK(post(host + origin, good) == 415);
  CHECK(query(log.database.path(), "SELECT count(*) FROM crierFailure") == "1");
  CHECK(post(host + form + origin, good) == 303);
  CHECK(query(log.database.path(), "SELECT count(*) FROM crierFailure") == "0");
}

TEST_CASE("other methods are refused, and HEAD has no body") {
  const Database database;
  const WebPages pages(database.url());
  const std::string host = "Host: " + pages.host() + "\r\n";
  for (const std::string method : {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE"}) {
    CAPTURE(method);
    const WebAnswer answer = ask(pages.port(), request(method, "/", host));
    CHECK(answer.status == 405);
    CHECK(answer.header("Allow") == "GET, HEAD, POST");
  }
  const WebAnswer head = ask(pages.port(), request("HEAD", "/", host));
  CHECK(head.status == 200);
  CHECK(head.body.empty());
}

TEST_CASE("with a token file nothing is shown without a token") {
  const Database database;
  database.put(1, all_of(kProducts));
  WebPages pages(database.url(), {"--token-file", token_file(database.folder(), kToken)});
  for (const std::string target :
       {"/", "/nodes", "/log", "/entry?id=1", "/live", "/live/stream?after=0", "/failures",
        "/events", "/replay?ids=1", "/nothing"}) {
    CAPTURE(target);
    const WebAnswer answer = pages.get(target);
    CHECK(answer.status == 401);
    CHECK(answer.holds("Log in"));
    CHECK_FALSE(answer.holds("shop.db"));
    CHECK_FALSE(answer.holds("refresh_all"));
    CHECK(pages.get(target, "Authorization: Bearer " + kToken + "x\r\n").status == 401);
    CHECK(pages.get(target, "Cookie: crier_" + std::to_string(pages.port()) + "=x\r\n").status ==
          401);
  }
  CHECK(pages.get("/", "Authorization: Bearer " + kToken + "\r\n").status == 200);
  CHECK(pages.get("/serve.css").status == 200);
}

TEST_CASE("a log-in takes the token, and leads to where one wanted to go") {
  const Database database;
  database.put(1, all_of(kProducts));
  WebPages pages(
      database.url(),
      {"--token-file", token_file(database.folder(), "# of the operators\nbob " + kToken + "\n")});
  CHECK(pages.get("/entry?id=1").holds("name=\"to\" value=\"/entry?id=1\""));
  CHECK(pages.post("/login", {{"token", "wrong"}, {"to", "/"}}).status == 403);
  CHECK(pages.get("/log").status == 401);
  const WebAnswer in = pages.post("/login", {{"token", kToken}, {"to", "/entry?id=1"}});
  CHECK(in.status == 303);
  CHECK(in.header("Location") == "/entry?id=1");
  CHECK(in.header("Set-Cookie").ends_with("; Path=/; HttpOnly; SameSite=Strict"));
  CHECK(in.header("Set-Cookie").find(kToken) == std::string::npos);
  CHECK(pages.get("/log").status == 200);
  CHECK(pages.get("/log").holds("<b>bob</b>"));
  for (const std::string to : {"https://evil.example/", "//evil.example", "/\\evil.example",
                               "javascript:alert(1)", "/\r\nX: y", ""}) {
    CAPTURE(to);
    CHECK(pages.post("/login", {{"token", kToken}, {"to", to}}).header("Location") == "/");
  }
  CHECK(pages.post("/logout", {}).status == 303);
  CHECK(pages.get("/log").status == 401);
}

TEST_CASE("a log-out ends the session, and not only the browser's cookie") {
  const Database database;
  WebPages pages(database.url(), {"--token-file", token_file(database.folder(), kToken)});
  const std::string set =
      pages.post("/login", {{"token", kToken}, {"to", "/"}}).header("Set-Cookie");
  const std::string head =
      "Host: " + pages.host() + "\r\nCookie: " + set.substr(0, set.find(';')) + "\r\n";
  CHECK(ask(pages.port(), request("GET", "/log", head)).status == 200);
  CHECK(pages.post("/logout", {}).status == 303);
  CHECK(ask(pages.port(), request("GET", "/log", head)).status == 401);
}

TEST_CASE("a log-out ends what the session follows") {
  const Database database;
  WebPages pages(database.url(), {"--token-file", token_file(database.folder(), kToken)});
  const std::string set = pages.post("/login", {{"token", kToken}}).header("Set-Cookie");
  const WebConnection stream(pages.port());
  REQUIRE(stream.send("GET /live/stream?after=0 HTTP/1.1\r\nHost: " + pages.host() +
                      "\r\nCookie: " + set.substr(0, set.find(';')) + "\r\n\r\n"));
  REQUIRE_FALSE(stream.receive("event-stream").empty());
  CHECK(pages.post("/logout", {}).status == 303);
  CHECK(stream.receive().ends_with("0\r\n\r\n"));  // its end
}

TEST_CASE("a session that is idle for too long ends, and of very many the oldest") {
  const auto request_with = [](const std::optional<std::string>& cookie) {
    cli::HttpRequest asked;
    asked.headers = {{"Cookie", "other=1; " + cookie.value().substr(0, cookie->find(';'))}};
    return asked;
  };
  cli::Gate::Settings settings{.hosts = {}, .tokens = {{"bob", kToken}}, .user = "alice"};
  cli::Gate gate(settings);
  const cli::HttpRequest first = request_with(gate.log_in(kToken));
  CHECK(gate.visitor(first)->who == "bob");
  cli::HttpRequest last;
  for (int i = 0; i < 1000; ++i) {
    last = request_with(gate.log_in(kToken));
  }
  CHECK_FALSE(gate.visitor(first));
  CHECK(gate.visitor(last)->who == "bob");
  settings.longest_idle = std::chrono::milliseconds(1);
  cli::Gate hasty(settings);
  const cli::HttpRequest idle = request_with(hasty.log_in(kToken));
  CHECK(eventually([&] { return !hasty.visitor(idle); }));
}

TEST_CASE("what a form holds counts for the one to whom its page was given") {
  const Healthy log;
  quarantine(log.database, {FailureRecord{}});
  const std::string others = "fedcba9876543210fedcba9876543210";
  WebPages pages(log.database.url(),
                 {"--allow-actions", "--token-file",
                  token_file(log.database.folder(), "alice " + kToken + "\nbob " + others)});
  const std::string nobodys = pages.log_in_secret();
  REQUIRE(pages.post("/login", {{"token", kToken}}).status == 303);
  const std::string of_alice = pages.secret();
  const std::string set = pages.post("/login", {{"token", others}}).header("Set-Cookie");
  const std::string of_bob = pages.secret();
  REQUIRE(of_bob.size() == 64);
  const auto post = [&](const std::string& who, const std::string& secret) {
    return ask(pages.port(),
               request("POST", "/failures/dismiss",
                       "Host: " + pages.host() + "\r\nOrigin: http://" + pages.host() + "\r\n" +
                           who + "\r\nContent-Type: application/x-www-form-urlencoded\r\n",
                       "id=1&secret=" + secret))
        .status;
  };
  const std::string bob = "Cookie: " + set.substr(0, set.find(';'));
  CHECK(post(bob, nobodys) == 403);
  CHECK(post(bob, of_alice) == 403);
  CHECK(post("Authorization: Bearer " + others, nobodys) == 403);
  CHECK(post("Authorization: Bearer " + others, of_bob) == 403);
  CHECK(query(log.database.path(), "SELECT count(*) FROM crierFailure") == "1");
  CHECK(post(bob, of_bob) == 303);
}

TEST_CASE("a token file that others can read, or that holds no good token, is refused") {
  const Database database;
  const auto refused = [&](const std::string& file, const std::string& why) {
    const Outcome outcome = started(database, {"serve", "--listen", "0", "--token-file", file});
    CHECK(outcome.code == 2);
    CHECK_MESSAGE(outcome.err.find(why) != std::string::npos, outcome);
    CHECK(outcome.err.find(kToken) == std::string::npos);
  };
  const auto all = fs::perms::owner_read | fs::perms::owner_write;
  refused(token_file(database.folder(), kToken, all | fs::perms::others_read), "chmod 600");
  refused(token_file(database.folder(), kToken, all | fs::perms::group_read), "chmod 600");
  refused(token_file(database.folder(), kToken, all | fs::perms::group_write), "chmod 600");
  refused(token_file(database.folder(), "short", all), "at least 16 characters");
  refused(token_file(database.folder(), "# none\n\n", all), "holds no token");
  refused(token_file(database.folder(), "a b " + kToken, all), "a name and a token");
  refused(token_file(database.folder(), "operator-on-duty-1 #" + kToken, all),
          "line 1: a comment stands on a line of its own");
  refused(token_file(database.folder(), kToken + " # of alice", all), "on a line of its own");
  refused(token_file(database.folder(), "alice " + kToken + "\n#\nbob " + kToken, all),
          "line 1 and line 3 hold the same token");
  refused(token_file(database.folder(), kToken + "\xc3\xa9", all), "characters of ASCII");
  refused(token_file(database.folder(), kToken + "\n#" + std::string(64 * 1024, 'x'), all),
          "holds more than 64 KiB");
  if (const std::string others = token_file(database.folder(), kToken, all);
      ::chown(others.c_str(), 65534, 65534) == 0) {  // as root only
    refused(others, "is another user's");
  }
  fs::remove(database.folder() / "tokens");
  refused(database.folder() / "missing", "No such file");
  refused(database.folder().path(), "is no regular file");
}

TEST_CASE("an address that others reach takes a token file, and names") {
  const Database database;
  const std::string tokens = token_file(database.folder(), kToken);
  const auto refused = [&](Args options, const std::string& why) {
    options.insert(options.begin(), "serve");
    const Outcome outcome = started(database, options);
    CHECK(outcome.code == 2);
    CHECK_MESSAGE(outcome.err.find(why) != std::string::npos, outcome);
  };
  refused({"--listen", "0.0.0.0:0", "--host", "x"}, "give --token-file");
  refused({"--listen", "192.0.2.1:0"}, "give --token-file");
  refused({"--listen", "[::]:0"}, "give --token-file");
  refused({"--listen", "0.0.0.0:0", "--token-file", tokens}, "with --host");
  for (const std::string host :
       {"cache.example:8720", "http://cache.example", "*", "", "a b", "[::1]:80"}) {
    CAPTURE(host);
    refused({"--listen", "0", "--host", host}, "is no name of a machine");
  }
  refused({"--listen", "0", "--user", ""}, "--user: the name is empty");
  refused({"--listen", "0", "--user", " "}, "--user: the name is empty");
  for (const std::string bad : {"", "x", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "[::1",
                                "[::1]x", "[::1]:", "::1:8642", "127.0.0.1:80:80", "-1"}) {
    CAPTURE(bad);
    const Outcome outcome = started(database, {"serve", "--listen=" + bad});
    CHECK(outcome.code == 2);
  }
}

TEST_CASE("a port in use, and an address that is not there, are told") {
  const Database database;
  const WebPages pages(database.url());
  Outcome outcome = database.run({"serve", "--listen", std::to_string(pages.port())});
  CHECK(outcome.code == 1);
  CHECK(outcome.err == "crier: can't listen at 127.0.0.1:" + std::to_string(pages.port()) +
                           ": another program listens there; end that, or choose another port "
                           "with --listen\n");
  outcome = database.run(
      {"serve", "--listen", "192.0.2.1:0", "--token-file", token_file(database.folder(), kToken)});
  CHECK(outcome.code == 1);
  CHECK(outcome.err.find("this machine has no such address") != std::string::npos);
}

TEST_CASE("what is wrong with the store when it starts is told at once") {
  const TempDir folder;
  const Outcome outcome =
      run_tool({"serve", "--listen", "0"}, "", std::string(folder / "nothing.db"));
  CHECK(outcome.code == 1);
  CHECK_FALSE(outcome.err.empty());
}

}  // namespace
}  // namespace crier::test
