// SPDX-License-Identifier: MIT
// Nodes that are paused, on the pages of crier serve; and what the runbook says of a problem.
#include "cli/browser.hpp"
#include "cli/cluster.hpp"
#include "support/contents.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

namespace crier::test {
namespace {

constexpr const char* kMark = "<span class=\"chip warning\">paused</span>";

TEST_CASE("a node that is paused is marked: by whom, until when, and whether it stands") {
  const Healthy log;
  WebPages pages(log.database.url());
  CHECK(eventually([&] { return pages.get("/").holds("fresh</span>"); }));
  CHECK_FALSE(pages.get("/nodes").holds(kMark));
  const Outcome paused = log.database.run(
      {"pause", "web-1", "--for", "1h", "--by", "<b>alice</b>", "--timeout", "1ms"});
  REQUIRE(paused.code == 3);  // nobody beats
  WebAnswer page = pages.get("/nodes");
  CHECK(page.holds(kMark));
  CHECK_FALSE(page.holds(">live</span>"));
  CHECK(page.holds("paused by &lt;b&gt;alice&lt;/b&gt; for "));
  CHECK(page.holds(", until 2"));
  CHECK(page.holds(": it has not said yet that it stands"));
  CHECK(eventually([&] {
    page = pages.get("/");
    return page.holds("rect class=\"paused\"");
  }));
  CHECK(page.holds(std::string("<span class=\"now\">") + kMark + " until 2"));
  CHECK(page.holds(" by &lt;b&gt;alice&lt;/b&gt;</span>"));
  CHECK(page.holds("node-paused"));
  NodeReport stands = log.leader;
  stands.stands = true;
  beat(log.database, stands);
  CHECK(pages.get("/nodes").holds(": it stands at entry 12"));
  goodbye(log.database, stands);
  CHECK_FALSE(pages.get("/nodes?all=1").holds(kMark));
}

TEST_CASE(
    "each problem leads to what the runbook says of it, and the runbook is there as a whole") {
  const Database database;
  WebPages pages(database.url());
  CHECK(pages.get("/").holds("<a href=\"/runbook#no-live-node\">no-live-node</a>"));
  const WebAnswer page = pages.get("/runbook");
  CHECK(page.status == 200);
  std::istringstream lines(contents(source_file("docs/runbook.md")));
  int codes = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("### `")) {
      const std::string code = line.substr(5, line.size() - 6);
      CAPTURE(code);
      CHECK(page.holds("<h3 id=\"" + code + "\"><code>" + code + "</code></h3>"));
      ++codes;
    }
  }
  CHECK(codes > 30);
  CHECK(page.holds("<p><b>Do</b>: restart it."));
  CHECK(page.holds("<code>crier migrate</code>. See <span>upgrading</span>.</p>"));
  for (const std::string mark : {"`", "**", "](", "##"}) {
    CHECK_FALSE(page.holds(mark));
  }
}

}  // namespace
}  // namespace crier::test
