// SPDX-License-Identifier: MIT
// What people do on the pages of crier serve, and what is recorded of it.
#include "cli/browser.hpp"
#include "cli/cluster.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace crier::test {
namespace {

const std::vector<std::string> kActions = {"/failures/retry", "/failures/dismiss", "/nodes/pause",
                                           "/nodes/resume", "/replay"};

FailureRecord failed_refresh(const std::string& refresher = {}) {
  FailureRecord failure;
  failure.refresher = Guid::parse(refresher).value_or(Guid());
  failure.node = "web-1";
  failure.error = "no memory";
  failure.json_instruction = all_of(kProducts);
  return failure;
}

std::string actions(const Database& database) {
  return query(database.path(),
               "SELECT group_concat(node || '|' || detail, ';') FROM crierEvent WHERE kind = "
               "'action'");
}

TEST_CASE("without --allow-actions the pages offer none, and none is taken") {
  const Healthy log;
  quarantine(log.database, {failed_refresh()});
  log.database.put(13, all_of(kProducts));
  const std::string token(32, 't');
  const std::filesystem::path file = log.database.folder() / "tokens";
  std::ofstream(file) << token;
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  WebPages pages(log.database.url(), {"--token-file", file});
  REQUIRE(pages.post("/login", {{"token", token}}).status == 303);
  for (const std::string target :
       {"/", "/nodes", "/failures", "/entry?id=13", "/replay?ids=13", "/log"}) {
    CAPTURE(target);
    const WebAnswer page = pages.get(target);
    CHECK(page.status == 200);
    for (const std::string& action : kActions) {
      CHECK_FALSE(page.holds("action=\"" + action));
    }
  }
  for (const std::string& action : kActions) {
    const WebAnswer refused =
        pages.post(action, {{"id", "1"}, {"ids", "13"}, {"node", "web-1"}, {"for", "1h"}});
    CHECK(refused.status == 403);
    CHECK(refused.holds("This page only reads"));
  }
  CHECK(log.database.rows() == "13");
  CHECK(query(log.database.path(), "SELECT count(*) FROM crierFailure") == "1");
}

TEST_CASE("a failure is retried or dismissed once, and who did it is an event") {
  const Healthy log;
  quarantine(log.database, {failed_refresh(), failed_refresh()});
  WebPages pages(log.database.url(), {"--allow-actions"});
  CHECK(pages.get("/failures").holds("no memory"));
  const WebAnswer retried = pages.post("/failures/retry", {{"id", "1"}});
  CHECK(retried.status == 303);
  CHECK(retried.header("Location").starts_with("/failures?done="));
  CHECK(pages.get(retried.header("Location")).holds("Failure 1 was appended again, as entry "));
  CHECK(pages.post("/failures/retry", {{"id", "1"}}).status == 404);
  const WebAnswer dismissed = pages.post("/failures/dismiss", {{"id", "2"}});
  CHECK(pages.get(dismissed.header("Location")).holds("Failure 2 was taken out"));
  CHECK(pages.post("/failures/dismiss", {{"id", "2"}}).status == 404);
  CHECK(pages.get("/failures").holds("The quarantine is empty"));
  CHECK(log.database.run({"show", "13"}).out.find("refresh_all") != std::string::npos);
  CHECK(actions(log.database) ==
        "web-1|alice, on the web page: retry of failure 1;"
        "web-1|alice, on the web page: dismissal of failure 2");
  CHECK(pages.tool().says("crier: alice, on the web page: retry of failure 1\n"));
  CHECK(pages.get("/events?kind=action").holds("dismissal of failure 2"));
}

TEST_CASE("a retry has the nodes try at once what they had put off of that refresher") {
  const Healthy log;
  quarantine(log.database, {failed_refresh(kProducts), failed_refresh(kProducts)});
  const std::string stale = " (Products) is stale: its full refresh fails and is tried again: no";
  NodeReport well = report_of("web-2"), ill = report_of("web-3");
  well.troubles = {"refresher " + kOrders + stale};
  ill.troubles = {"refresher " + kProducts + stale};
  beat(log.database, well);
  beat(log.database, ill);
  WebPages pages(log.database.url(), {"--allow-actions"});
  const WebAnswer retried = pages.post("/failures/retry", {{"id", "1"}});
  CHECK(pages.get(retried.header("Location"))
            .holds("A node that puts off its full refresh, which has failed, is asked to try it "
                   "now."));
  CHECK(log.database.rows() == "14");
  CHECK(log.database.run({"list", "--after", "13"})
            .out.find("resync of web-3: " + kProducts.substr(0, 8)) != std::string::npos);
  CHECK(actions(log.database) ==
        "web-1|alice, on the web page: retry of failure 1;"
        "web-3|alice, on the web page: a full refresh of " +
            kProducts + ", which was put off, is to be tried now");
  NodeReport both = report_of("web-4");
  both.troubles = ill.troubles;
  beat(log.database, both);
  CHECK(pages.get(pages.post("/failures/retry", {{"id", "2"}}).header("Location"))
            .holds("2 nodes that put off"));
}

TEST_CASE("a node is paused and resumed, by whom is told, and who can't be is refused") {
  const Healthy log;
  const NodeReport gone = report_of("web-2");
  beat(log.database, gone);
  goodbye(log.database, gone);
  WebPages pages(log.database.url(), {"--allow-actions"});
  CHECK(pages.get("/nodes").holds("action=\"/nodes/pause\""));
  const WebAnswer paused = pages.post("/nodes/pause", {{"node", "web-1"}, {"for", "1h"}});
  WebAnswer page = pages.get(paused.header("Location"));
  CHECK(page.holds("Node &quot;web-1&quot; is asked to read no further"));
  CHECK(page.holds("paused by alice for "));
  CHECK(page.holds("action=\"/nodes/resume\""));
  CHECK_FALSE(page.holds("action=\"/nodes/pause\""));
  page = pages.get(pages.post("/nodes/resume", {{"node", "web-1"}}).header("Location"));
  CHECK(page.holds("Node &quot;web-1&quot; may read again"));
  CHECK_FALSE(page.holds("paused by"));
  CHECK(actions(log.database) ==
        "web-1|alice, on the web page: pause for 1h;web-1|alice, on the web page: end of the "
        "pause");
  const auto refused = [&](const std::string& action, const WebPages::Fields& form,
                           const std::string& why) {
    const WebAnswer answer = pages.post("/nodes/" + action, form);
    CHECK(answer.status == 400);
    CHECK_MESSAGE(answer.holds(why), answer);
  };
  refused("resume", {{"node", "web-1"}}, "is not paused");
  refused("resume", {}, "name is empty");
  refused("pause", {{"node", "web-2"}, {"for", "1h"}}, "is not live");
  refused("pause", {{"node", "web-9"}, {"for", "1h"}}, "no node of the name");
  refused("pause", {{"node", "web-1"}, {"for", "x"}}, "for: ");
  refused("pause", {{"node", "web-1"}, {"for", "2d"}}, "pause");
  refused("pause", {{"node", "web-1"}}, "for: ");
  CHECK_FALSE(pages.get("/nodes").holds("paused by"));
}

TEST_CASE("what can't be retried is told, and recorded as failed") {
  const Healthy log;
  quarantine(log.database, {FailureRecord{}});
  WebPages pages(log.database.url(), {"--allow-actions"});
  CHECK_FALSE(pages.get("/failures").holds("/failures/retry"));
  CHECK(pages.post("/failures/retry", {{"id", "1"}}).status == 400);
  CHECK(actions(log.database).find("retry of failure 1 failed: ") != std::string::npos);
  for (const std::string id : {"", "x", "9", "99999999999999999999"}) {
    CAPTURE(id);
    const int status = pages.post("/failures/retry", {{"id", id}}).status;
    CHECK((status == 400 || status == 404));
  }
}

TEST_CASE("a replay is shown before anything is written, and then done") {
  const Healthy log;
  log.database.put(13, "[" + all_of(kProducts).substr(1, all_of(kProducts).size() - 2) + "," +
                           ids_of(kOrders, "[7,8]").substr(1));
  log.database.put(14, all_of(kOrders));
  WebPages pages(log.database.url(), {"--allow-actions"});
  const WebAnswer dry = pages.get("/replay?ids=13&refresher=" + kOrders);
  CHECK(dry.holds("Nothing has been written yet"));
  CHECK(dry.holds("refresh_by_ids 7,8"));
  CHECK_FALSE(dry.holds("refresh_all"));
  CHECK(log.database.rows() == "14");
  const WebAnswer done = pages.post("/replay", {{"ids", "13"}, {"refresher", kOrders}});
  CHECK(pages.get(done.header("Location"))
            .holds("Replayed as entry <a href=\"/entry?id=15\">15</a>: every node"));
  CHECK(log.database.run({"show", "15"}).out.find("refresh_by_ids 7,8") != std::string::npos);
  CHECK(pages.get(pages.post("/replay", {{"after", "12"}, {"through", "14"}}).header("Location"))
            .holds("Replayed as entries <a href=\"/entry?id=16\">16</a> to <a "
                   "href=\"/entry?id=17\">17</a>: every node"));
  CHECK(actions(log.database) ==
        "|alice, on the web page: replay of entry 13, for refresher " + kOrders +
            ";|alice, on the web page: replay of 2 entries, from 13 to 14");
  CHECK(pages.post("/replay", {{"ids", "99"}}).status == 404);
  CHECK(pages.post("/replay", {}).status == 400);
}

TEST_CASE("what is not in the log, or can't be had of it, is not looked for again") {
  const Healthy log;
  log.database.put(13, "nonsense");
  WebPages pages(log.database.url(), {"--allow-actions"});
  const std::vector<std::pair<std::string, int>> answers = {{"/entry?id=1-ffffff", 404},
                                                            {"/replay?ids=1-ffffff", 404},
                                                            {"/replay?after=13&through=2000", 404},
                                                            {"/replay?ids=13", 400}};
  for (const auto& one : answers) {
    CAPTURE(one.first);
    const WebAnswer page = pages.get(one.first);
    CHECK(page.status == one.second);
    CHECK(page.header("Retry-After").empty());
    CHECK_FALSE(page.holds("data-redrawn"));
  }
}

TEST_CASE("a link can't claim an action that nobody has taken") {
  const Healthy log;
  quarantine(log.database, {failed_refresh()});
  WebPages pages(log.database.url(), {"--allow-actions"});
  const std::string done = pages.post("/failures/dismiss", {{"id", "1"}}).header("Location");
  REQUIRE(done.starts_with("/failures?done="));
  std::string other = done;
  other.back() = other.back() == '0' ? '1' : '0';
  for (const std::string& target :
       {other, std::string("/failures?retried=5&entry=1"), std::string("/failures?dismissed=1"),
        std::string("/log?replayed=99999"), std::string("/nodes?paused=web-1")}) {
    CAPTURE(target);
    const WebAnswer page = pages.get(target);
    CHECK(page.status == 200);
    for (const std::string claim : {"appended again", "taken out", "Replayed", "read no further"}) {
      CHECK_FALSE(page.holds(claim));
    }
  }
  CHECK(pages.get(done).holds("taken out"));
}

TEST_CASE("no more entries are replayed at once than a page can show") {
  const Database database;
  put_old(database, 1001);
  WebPages pages(database.url(), {"--allow-actions"});
  const WebAnswer refused = pages.post("/replay", {{"after", "0"}, {"through", "1001"}});
  CHECK(refused.status == 400);
  CHECK(refused.holds("more than 1000"));
  CHECK(database.rows() == "1001");
}

TEST_CASE("an action that can't be recorded is not done") {
  const Healthy log;
  quarantine(log.database, {failed_refresh()});
  run_sql(log.database.path(),
          "CREATE TRIGGER no_events BEFORE INSERT ON crierEvent BEGIN SELECT RAISE(ABORT, 'no'); "
          "END");
  WebPages pages(log.database.url(), {"--allow-actions"});
  for (const std::string& action : kActions) {
    CAPTURE(action);
    const WebAnswer failed =
        pages.post(action, {{"id", "1"}, {"ids", "12"}, {"node", "web-1"}, {"for", "1h"}});
    CHECK(failed.status == 503);
    // Why it failed stays on the page: to ask again would be another question.
    CHECK(failed.holds("Could not look"));
    CHECK(failed.header("Retry-After").empty());
    CHECK_FALSE(failed.holds("data-redrawn"));
    CHECK_FALSE(failed.holds("http-equiv"));
  }
  CHECK(query(log.database.path(), "SELECT count(*) FROM crierFailure") == "1");
  CHECK(log.database.rows() == "12");
  CHECK_FALSE(pages.get("/nodes").holds("paused by"));
}

}  // namespace
}  // namespace crier::test
