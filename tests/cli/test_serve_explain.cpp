// SPDX-License-Identifier: MIT
// The page of crier serve that explains a key, and what leads to it.
#include "cli/browser.hpp"
#include "cli/cluster.hpp"
#include "cli/local_site.hpp"
#include "json.hpp"
#include "serve/pages.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using cli::Json;
using namespace std::chrono_literals;

std::string json_of(const std::string& refresher, const std::string& payload) {
  return R"([{"RefreshType":4,"RefresherId":")" + refresher + R"(","JsonPayload":")" + payload +
         "\"}]";
}

// Two nodes that have the refresher, one that has not, and one that has stopped: at entry 12.
struct Cluster {
  Healthy log;

  Cluster() {
    for (const std::string name : {"web-1", "web-2", "web-4"}) {
      const NodeReport node = name == "web-1" ? log.leader : report_of(name, 12);
      declare(log.database, node, {{kProducts, "Products"}});
      if (name == "web-4") {
        goodbye(log.database, node);
      }
    }
    declare(log.database, report_of("web-3", 12), {{kOrders, "Orders"}});
    log.database.put(13, ids_of(kProducts, "[1,42]"));
    log.database.put(14, ids_of(kProducts, "[7]"));
    log.database.put(15, all_of(kProducts));
    log.database.put(16, json_of(kProducts, R"({\"sku\":\"A-1\",\"id\":42})"));
  }
};

// What stands under the heading of the entry.
std::string part_of(const WebAnswer& page, const std::string& entry) {
  const std::size_t begin = page.body.find("<h2>Entry <a href=\"/entry?id=" + entry + "\"");
  return begin == page.body.npos
             ? ""
             : page.body.substr(begin, page.body.find("</section>", begin) - begin);
}

TEST_CASE("the page explains a key as crier explain does") {
  const Cluster cluster;
  WebPages pages(cluster.log.database.url());
  const std::vector<std::pair<std::string, Args>> questions = {
      {"refresher=" + kProducts + "&key=42", {kProducts, "42"}},
      {"refresher=products&key=42&node=web-4", {"Products", "42", "--node", "web-4"}},
      {"refresher=Products&key=A-1&path=/sku", {"Products", "A-1", "--path", "/sku"}},
      {"refresher=Products&key=42&path=/sku", {"Products", "42", "--path", "/sku"}}};
  for (const auto& asked : questions) {
    const std::string& query = asked.first;
    const Args& question = asked.second;
    CAPTURE(query);
    const WebAnswer page = pages.get("/explain?" + query);
    CHECK(page.status == 200);
    Args args{"explain", "--json"};
    args.insert(args.end(), question.begin(), question.end());
    std::istringstream lines(cluster.log.database.run(args).out);
    std::ptrdiff_t entries = 0;
    for (std::string line; std::getline(lines, line); ++entries) {
      const Json told = Json::parse(line);
      const std::string part = part_of(page, std::to_string(told["entry"].get<std::int64_t>()));
      CAPTURE(line);
      CAPTURE(part);
      for (const Json& node : told["nodes"]) {
        std::string fate = node["fate"];
        std::ranges::replace(fate, '_', ' ');
        const std::string cell = ">" + node["name"].get<std::string>() +
                                 "</td><td data-title=\"What became of it\"><span class=\"chip ";
        const std::size_t at = part.find(cell);
        // A start that has stopped and had no part in it is left out, unless it is asked for.
        const bool is_left_out =
            node["state"] == "stopped" && std::ranges::find(question, "--node") == question.end();
        CHECK((at == part.npos) == is_left_out);
        CHECK((is_left_out || part.find(">" + fate + "</span>", at) < part.find("</tr>", at)));
      }
    }
    CHECK(entries > 0);
    std::ptrdiff_t headings = 0;
    for (std::size_t at = 0; (at = page.body.find("<h2>Entry ", at)) != page.body.npos; ++at) {
      ++headings;
    }
    CHECK(headings == entries);
  }
  CHECK(pages.get("/explain?refresher=Products&key=42").holds("chip warning\">not known</span>"));
  CHECK(pages.get("/explain?refresher=Products&key=42").holds("chip faint\">no refresher</span>"));
  CHECK_FALSE(pages.get("/explain?refresher=Products&key=42&node=web-2").holds(">web-1</td>"));
}

TEST_CASE("the form that asks for a key offers the names there are, and keeps what was asked") {
  const Cluster cluster;
  WebPages pages(cluster.log.database.url());
  const WebAnswer empty = pages.get("/explain");
  CHECK(empty.status == 200);
  CHECK(empty.holds("<option value=\"Products\"><option value=\"Orders\">") !=
        empty.holds("<option value=\"Orders\"><option value=\"Products\">"));
  CHECK(empty.holds("list=\"refresher-offered\""));
  CHECK(empty.holds("<option value=\"web-2\">"));
  CHECK_FALSE(empty.holds("<h2>"));
  const WebAnswer asked =
      pages.get("/explain?refresher=Products&key=%3Cb%3E%27%22%1b%ff&path=/sku");
  CHECK(asked.status == 200);
  CHECK(asked.holds("name=\"refresher\" value=\"Products\""));
  CHECK(asked.holds("name=\"key\" value=\"&lt;b&gt;&#39;&quot;"));
  CHECK_FALSE(asked.holds("<b>'"));
  CHECK_FALSE(asked.holds("\x1b"));
  CHECK(asked.holds("name=\"path\" value=\"/sku\""));
}

TEST_CASE("a key of any text is found, and shown as what it is") {
  const Database database;
  declare(database, report_of("web-1"), {{kProducts, "Products"}});
  database.put(1, json_of(kProducts, R"({\"sku\":\"<img src=x onerror=alert(1)>'&\"})"));
  WebPages pages(database.url());
  const std::string key = "%3Cimg+src%3Dx+onerror%3Dalert(1)%3E%27%26";
  const WebAnswer page = pages.get("/explain?refresher=Products&path=/sku&key=" + key);
  CHECK(page.status == 200);
  CHECK_FALSE(part_of(page, "1").empty());
  CHECK_FALSE(page.holds("<img src=x"));
  CHECK(pages.get("/explain?refresher=Products&path=/name&key=" + key)
            .holds("No entry concerns it: the log holds 1 to 1."));
}

TEST_CASE("a question about a key that makes no sense is refused with a sentence") {
  const Cluster cluster;
  WebPages pages(cluster.log.database.url());
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"key=42", "refresher: &quot;&quot; is no refresher that a node has"},
      {"key=42&refresher=Produkts", "did you mean Products?"},
      {"key=42&refresher=00000000-0000-0000-0000-000000000000", "refresher: no refresher can bear"},
      {"key=42&refresher=7c9e6679-7425-40de-944b-e07fc1f90ae8", "no node has the refresher"},
      {"key=42&refresher=Products&node=web-9",
       "no node of the name &quot;web-9&quot; is remembered"},
      {"key=42&refresher=Products&path=sku", "path: &quot;sku&quot; is not a JSON pointer"}};
  cluster.log.database.drop(15);  // which is for all keys of it
  for (const auto& one : bad) {
    CAPTURE(one.first);
    const WebAnswer page = pages.get("/explain?" + one.first);
    CHECK(page.status == 400);
    CHECK_MESSAGE(page.holds(one.second), page);
  }
}

TEST_CASE("entries and failures lead to what became of their keys") {
  const Cluster cluster;
  const Database& database = cluster.log.database;
  database.put(17, R"([{"RefreshType":5,"RefresherId":")" + kProducts + R"(","IntId":99},)" +
                       R"({"RefreshType":1,"RefresherId":")" + kProducts + R"(","GuidId":")" +
                       kOrders + R"("}])");
  std::string many = "[1";
  for (int id = 2; id <= 100; ++id) {
    many += "," + std::to_string(id);
  }
  database.put(18, ids_of(kProducts, many + "]"));
  FailureRecord failure;
  failure.node = "web-1";
  failure.json_instruction = ids_of(kProducts, "[42]");
  FailureRecord unreadable;
  unreadable.json_instruction = "nonsense";
  quarantine(database, {failure, unreadable});
  WebPages pages(database.url());
  const std::string to = "<a href=\"/explain?refresher=" + kProducts;
  const WebAnswer ids = pages.get("/entry?id=13");
  CHECK(ids.holds("explain " + to + "&amp;key=1\">1</a> " + to + "&amp;key=42\">42</a>"));
  const WebAnswer two = pages.get("/entry?id=17");
  CHECK(two.holds(to + "&amp;key=99\">99</a>"));
  CHECK(two.holds(to + "&amp;key=" + kOrders + "\">"));
  CHECK(pages.get("/entry?id=15").holds(to + "\">explain a key</a>"));
  CHECK(pages.get("/entry?id=16").holds(to + "\">explain a key</a>"));
  const WebAnswer long_one = pages.get("/entry?id=18");
  CHECK(long_one.holds("&amp;key=20\">20</a> " + to + "\">another</a>"));
  CHECK_FALSE(long_one.holds("&amp;key=21\""));
  CHECK(pages.get("/failures").holds(to + "&amp;key=42\">42</a>"));
}

TEST_CASE("a log that is too long for the time of a page is not explained in part") {
  const Database database;
  database.put(1, ids_of(kProducts, "[42]"));
  cli::Site site = local_site(database.url());
  cli::HttpRequest http;
  http.query = {{"refresher", kProducts}, {"key", "42"}};
  const auto body_in = [&](std::chrono::milliseconds time) {
    return cli::explain_page({http, site, {"alice", ""}, std::chrono::steady_clock::now() + time})
        .body.markup();
  };
  CHECK(body_in(60s).find("Entry <a href=\"/entry?id=1\"") != std::string::npos);
  CHECK(eventually([&] {  // a machine that is busy may not get so far
    try {
      const std::string body = body_in(900ms);
      return body.find("a part of it is no answer") != std::string::npos &&
             body.find("Entry <a") == std::string::npos;
    } catch (const Error&) {
      return false;
    }
  }));
}

}  // namespace
}  // namespace crier::test
