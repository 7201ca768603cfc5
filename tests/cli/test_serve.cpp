// SPDX-License-Identifier: MIT
// What the pages of crier serve show.
#include "cli/browser.hpp"
#include "cli/cluster.hpp"
#include "serve/chart.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace crier::test {
namespace {

const std::string kHostile = "<script>alert(1)</script>\"'&\x1b[31m\xff\u202e";

const std::vector<std::string> kPages = {"/",     "/nodes?all=1", "/log?canaries=1", "/entry?id=13",
                                         "/live", "/failures",    "/events"};

void check_safety(const WebAnswer& answer) {
  CHECK(answer.header("Content-Security-Policy") ==
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
        "'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  CHECK(answer.header("X-Content-Type-Options") == "nosniff");
  CHECK(answer.header("Referrer-Policy") == "same-origin");
  CHECK(answer.header("Cross-Origin-Opener-Policy") == "same-origin");
  CHECK(answer.header("Cross-Origin-Resource-Policy") == "same-origin");
  CHECK(answer.header("Cache-Control") == "no-store");
}

TEST_CASE("the overview has the verdict of crier status, the nodes and the newest entries") {
  const Healthy log;
  WebPages pages(log.database.url());
  CHECK(eventually([&] { return pages.get("/").holds("fresh</span>"); }));
  const WebAnswer page = pages.get("/");
  CHECK(page.status == 200);
  CHECK(page.holds("All is well"));
  CHECK(page.holds("1 of 1 node is fresh"));
  CHECK(page.holds("entries 1 to 12"));
  CHECK(page.holds("How long web-1 was behind in the last ten minutes"));
  CHECK(page.holds("<a href=\"/entry?id=12\">12</a>"));
  CHECK(pages.tool().stop().code == 0);
}

TEST_CASE("the overview names each problem and what to do next") {
  const Database database;
  WebPages pages(database.url());
  const WebAnswer page = pages.get("/");
  CHECK(page.holds("1 problem"));
  CHECK(page.holds("no-live-node"));
  CHECK(page.holds("start one"));
}

TEST_CASE("what anybody wrote is text on every page, never markup") {
  const Healthy log;
  NodeReport node = report_of(kHostile, 12);
  node.host = node.version = node.application = node.last_error = kHostile;
  node.troubles = {kHostile};
  declare(log.database, node, {{kProducts, kHostile}});
  log.database.put(13,
                   R"([{"RefreshType":4,"RefresherId":")" + kProducts +
                       R"(","JsonPayload":"<script>alert(1)</script>"}])",
                   kHostile);
  log.database.put(14, kHostile, kHostile);
  FailureRecord failure;
  failure.node = failure.name = failure.error = failure.originated = kHostile;
  failure.json_instruction = kHostile;
  quarantine(log.database, {failure});
  run_sql(log.database.path(),
          "UPDATE crierEvent SET detail = '<script>alert(1)</script>', node = detail");
  WebPages pages(log.database.url(), {"--allow-actions"});
  std::vector<std::string> all = kPages;
  all.insert(all.end(), {"/entry?id=14", "/replay?ids=13", "/log?origin=%3Cscript%3Ealert(1)",
                         "/log?since=%3Cscript%3E", "/events?node=%22%3E%3Cscript%3Ealert(1)",
                         "/explain?refresher=" + kProducts + "&key=%3Cscript%3Ealert(1)",
                         "/explain?refresher=%3Cscript%3E&key=1", "/nodes?paused=%3Cscript%3E"});
  for (const std::string& target : all) {
    CAPTURE(target);
    const WebAnswer page = pages.get(target);
    CHECK((page.status == 200 || page.status == 400));
    CHECK_FALSE(page.holds("<script>a"));
    CHECK_FALSE(page.holds("\x1b"));
    CHECK_FALSE(page.holds("\xff"));
    CHECK_FALSE(page.holds("\u202e"));
    CHECK(page.holds("&lt;script&gt;"));
  }
}

TEST_CASE("the log is shown page by page, each entry once, and by what it holds") {
  const Database database;
  put_old(database, 10'000);
  database.put(10'001, ids_of(kOrders, "[42]"));
  WebPages pages(database.url());
  std::set<std::string> seen;
  std::string target = "/log?rows=1000&canaries=1";
  int count = 0;
  while (!target.empty()) {
    const WebAnswer page = pages.get(target);
    REQUIRE(page.status == 200);
    REQUIRE(++count <= 20);  // a search that takes long is cut short, and goes on
    for (std::size_t at = 0; (at = page.body.find("/entry?id=", at)) != page.body.npos; ++at) {
      seen.insert(page.body.substr(at, page.body.find('"', at) - at));
    }
    const std::size_t end = page.body.find("\">Older entries");
    const std::size_t begin = page.body.rfind("href=\"", end);
    target = end == page.body.npos ? "" : page.body.substr(begin + 6, end - begin - 6);
    for (std::size_t at = 0; (at = target.find("&amp;")) != target.npos;) {
      target.erase(at + 1, 4);
    }
  }
  CHECK(seen.size() == 10'001);
  const WebAnswer found = pages.get("/log?key=42");
  CHECK(found.holds("/entry?id=10001\""));
  CHECK_FALSE(found.holds("/entry?id=10000\""));
  CHECK(pages.get("/log?key=43").holds("No entry fits."));
}

TEST_CASE("the chart of the rate counts what comes from the first sample on") {
  std::deque<cli::Sample> samples;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 4; ++i) {
    samples.push_back(
        {.at = begin + std::chrono::seconds(i), .is_known = i > 0, .newest = {10 * i}});
  }
  CHECK(cli::rate_chart(samples).markup().find("at most 10.0 entries/s") != std::string::npos);
}

TEST_CASE("what makes no sense is refused with a sentence") {
  const Healthy log;
  const Database& database = log.database;
  WebPages pages(database.url());
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"/log?since=never", "is not a time"},
      {"/log?key=x", "a whole number"},
      {"/log?rows=0", "a whole number from 1"},
      {"/log?refresher=nobody", "no refresher that a node has"},
      {"/log?since=1h&until=2h", "since is after until"},
      {"/log?since=2999-01-01", "is in the future"},
      {"/events?node=web1", "did you mean &quot;web-1&quot;?"},
      {"/replay?after=3", "a range needs both &quot;All after&quot; and &quot;up to&quot;"},
      {"/replay?after=3&through=x", "up to"},
      {"/replay?ids=1&refresher=nobody", "refresher: "},
      {"/entry?id=x", "the id of an entry"},
      {"/events?kind=x", "no kind of event"},
      {"/replay", "give the ids of entries"}};
  for (const auto& one : bad) {
    CAPTURE(one.first);
    const WebAnswer page = pages.get(one.first);
    CHECK(page.status == 400);
    CHECK_MESSAGE(page.holds(one.second), page);
    CHECK_FALSE(page.holds("--"));  // which is the tool's
  }
  CHECK(pages.get("/entry?id=70").status == 404);
  CHECK(pages.get("/nothing").status == 404);
  CHECK(pages.get("/log%00x").status == 404);
}

TEST_CASE("an entry is shown decoded, with an id beyond what a script could count") {
  const Database database;
  database.put(9'007'199'254'740'993, R"([{"RefreshType":4,"RefresherId":")" + kProducts +
                                          R"(","JsonPayload":"{\"sku\":[1,{}]}"}])");
  WebPages pages(database.url());
  const WebAnswer page = pages.get("/entry?id=9007199254740993");
  CHECK(page.holds("Entry 9007199254740993"));
  CHECK(page.holds("refresh_by_json"));
  CHECK(page.holds("<span class=\"line\">  &quot;sku&quot;: [</span>"));
  CHECK(pages.get("/log").holds("/entry?id=9007199254740993\""));
}

TEST_CASE("entries come as events, and a browser that comes back goes on where it was") {
  const Database database;
  database.put(1, all_of(kProducts));
  WebPages pages(database.url());
  const std::string head = "GET /live/stream?after=1 HTTP/1.1\r\nHost: " + pages.host() + "\r\n";
  const WebConnection first(pages.port());
  REQUIRE(first.send(head + "\r\n"));
  CHECK(first.receive("text/event-stream").find("200 OK") != std::string::npos);
  database.put(2, ids_of(kOrders, "[7]"));
  const std::string event = first.receive("\n\n");
  CHECK(event.find("id: 2\nevent: entry\ndata: <tr>") != std::string::npos);
  CHECK(event.find("refresh_by_ids 7") != std::string::npos);
  const WebConnection second(pages.port());
  REQUIRE(second.send(head + "Last-Event-ID: 2\r\n\r\n"));
  CHECK_FALSE(second.receive("text/event-stream").empty());
  database.put(3, ids_of(kOrders, "[8]"));
  CHECK(second.receive("\n\n").find("id: 3\n") != std::string::npos);
  CHECK(pages.tool().stop().code == 0);  // streams do not keep it from ending
}

TEST_CASE("no more pages follow the log than there may be") {
  const Database database;
  WebPages pages(database.url());
  const std::string head =
      "GET /live/stream?after=0 HTTP/1.1\r\nHost: " + pages.host() + "\r\n\r\n";
  std::vector<std::unique_ptr<WebConnection>> streams;
  for (int i = 0; i < 16; ++i) {
    streams.push_back(std::make_unique<WebConnection>(pages.port()));
    REQUIRE(streams.back()->send(head));
    REQUIRE_FALSE(streams.back()->receive("event-stream").empty());
  }
  CHECK(pages.get("/live/stream?after=0").status == 503);
  CHECK(pages.get("/").status == 200);
  CHECK(pages.get("/live/stream?after=x").status == 400);
}

TEST_CASE("a store that goes away is told with 503, and seen again when it is back") {
  const Database database;
  WebPages pages(database.url());
  CHECK(pages.get("/").status == 200);
  const std::filesystem::path aside = database.path() + ".aside";
  std::filesystem::rename(database.path(), aside);
  for (const std::string target :
       {"/", "/nodes", "/log", "/failures", "/events", "/live", "/explain"}) {
    CAPTURE(target);
    const WebAnswer page = pages.get(target);
    CHECK(page.status == 503);
    CHECK(page.header("Retry-After") == "5");
    CHECK(page.holds("Could not look"));
  }
  std::filesystem::rename(aside, database.path());
  CHECK(pages.get("/").status == 200);
  CHECK(pages.tool().stop().code == 0);
}

TEST_CASE("every page is a whole one, and safe against what it may hold") {
  const Healthy log;
  log.database.put(13, all_of(kProducts));
  WebPages pages(log.database.url());
  std::vector<std::string> all = kPages;
  all.insert(all.end(), {"/explain", "/explain?key=42&refresher=" + kProducts, "/runbook"});
  for (const std::string& target : all) {
    CAPTURE(target);
    const WebAnswer page = pages.get(target);
    CHECK(page.status == 200);
    CHECK(page.body.starts_with("<!doctype html>"));
    CHECK(page.body.ends_with("</html>\n"));
    CHECK_FALSE(page.holds(" style="));
    CHECK_FALSE(page.holds("onclick"));
    check_safety(page);
  }
  for (const std::string file : {"/serve.css", "/serve.js", "/icon.svg"}) {
    const WebAnswer answer = pages.get(file);
    CHECK(answer.status == 200);
    CHECK(answer.body.size() > 100);
    check_safety(answer);
  }
  check_safety(pages.get("/nothing"));
  check_safety(pages.get("/entry?id=x"));
  check_safety(pages.post("/failures/retry", {{"id", "1"}}));
  check_safety(ask(pages.port(), "GET / HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n"));
}

}  // namespace
}  // namespace crier::test
