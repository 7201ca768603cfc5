// SPDX-License-Identifier: MIT
#include <crier/admin/failures.hpp>

#include "cli/cluster.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <string>

namespace crier::test {
namespace {

constexpr Guid kIncarnation = Guid::parse("0f8fad5b-d9cb-469f-a165-70867728950e").value();

// What a node gave up.
FailureRecord failure(std::int64_t entry = 7) {
  FailureRecord failure;
  failure.entry = EntryId{entry};
  failure.index = 2;
  failure.originated = kOrigin;
  failure.refresher = Guid::parse(kProducts).value();
  failure.name = "ProductRefresher";
  failure.node = "web-1";
  failure.incarnation = kIncarnation;
  failure.attempts = 4;
  failure.error = "it threw";
  failure.instruction_count = 2;
  failure.json_instruction = ids_of(kProducts, "[1,2]");
  return failure;
}

FailureRecord unreadable() {
  FailureRecord record = failure();
  record.kind = FailureKind::unreadable;
  record.entry = EntryId{8};
  record.refresher = {};
  record.name = {};
  record.attempts = 1;
  record.error = "The text is not JSON";
  record.json_instruction = {};
  return record;
}

std::string blanks(std::size_t count) { return std::string(count, ' '); }

void stamp(const Database& database) {
  run_sql(database.path(), "UPDATE crierFailure SET failedMs = 1795255200123 + 1000 * id");
}

TEST_CASE("failures prints the quarantine, oldest first") {
  const Database database;
  FailureRecord published = failure();
  published.entry = {};
  published.name = "fallback";
  published.json_instruction = all_of(kProducts);
  quarantine(database, {failure(), unreadable(), published});
  stamp(database);
  CHECK(database.run({"failures", "--utc"}) ==
        Outcome{0,
                "ID  WHEN            NODE   ENTRY  ATTEMPTS  INSTRUCTION\n"
                " 1  11-21 10:00:01  web-1      7         4  ProductRefresher refresh_by_ids 1,2\n"
                "  it threw\n"
                " 2  11-21 10:00:02  web-1      8         1  unreadable\n"
                "  The text is not JSON\n"
                " 3  11-21 10:00:03  web-1      -         4  7c9e6679… refresh_all\n"
                "  it threw\n",
                ""});
  const std::string named = kProducts + " (ProductRefresher) refresh_by_ids 1,2";
  CHECK(database.run({"failures", "--utc", "--wide"}).out ==
        "ID  WHEN                 NODE   ENTRY  ATTEMPTS  INSTRUCTION" + blanks(named.size() - 11) +
            "  ERROR\n"
            " 1  2026-11-21 10:00:01  web-1      7         4  " +
            named +
            "  it threw\n"
            " 2  2026-11-21 10:00:02  web-1      8         1  unreadable" +
            blanks(named.size() - 10) +
            "  The text is not JSON\n"
            " 3  2026-11-21 10:00:03  web-1      -         4  " +
            kProducts + " refresh_all" + blanks(named.size() - kProducts.size() - 12) +
            "  it threw\n");
}

TEST_CASE("failures prints JSON") {
  const Database database;
  FailureRecord unknown = unreadable();
  unknown.entry = {};
  quarantine(database, {failure(), unknown});
  stamp(database);
  CHECK(database.run({"failures", "--json"}) ==
        Outcome{0,
                "{\"id\":1,\"utcStamp\":\"2026-11-21 10:00:01.123\",\"kind\":\"refresher_threw\","
                "\"entry\":7,\"index\":2,\"originated\":\"" +
                    kOrigin + "\",\"refresher\":\"" + kProducts +
                    "\",\"name\":\"ProductRefresher\",\"node\":\"web-1\",\"incarnation\":\"" +
                    kIncarnation.to_string() +
                    "\",\"attempts\":4,\"error\":\"it threw\",\"instruction\":{\"refresher\":\"" +
                    kProducts +
                    "\",\"type\":\"refresh_by_ids\",\"ids\":[1,2]}}\n"
                    "{\"id\":2,\"utcStamp\":\"2026-11-21 10:00:02.123\",\"kind\":\"unreadable\","
                    "\"entry\":null,\"index\":2,\"originated\":\"" +
                    kOrigin +
                    "\",\"refresher\":null,\"name\":null,\"node\":\"web-1\",\"incarnation\":\"" +
                    kIncarnation.to_string() +
                    "\",\"attempts\":1,\"error\":\"The text is not JSON\",\"instruction\":null}\n",
                ""});
}

TEST_CASE("an empty quarantine is said, and nothing is wrong") {
  const Database database;
  const Outcome empty{0, "", "crier: the quarantine is empty\n"};
  CHECK(database.run({"failures"}) == empty);
  CHECK(database.run({"failures", "--json"}) == empty);
  CHECK(database.run({"failures", "--retry", "all"}) == empty);
}

TEST_CASE("--retry appends the instruction again, and takes the failure out") {
  const Database database;
  database.put(16, all_of(kOrders));
  quarantine(database, {failure(7), failure(8), failure(9)});
  SUBCASE("one") {
    CHECK(database.run({"failures", "--retry", "2"}) == Outcome{0, "failure 2 -> entry 17\n", ""});
    const std::string log = database.run({"list", "--after", "16", "--wide"}).out;
    CHECK(log.find("\n17  ") != log.npos);
    CHECK(log.ends_with("  2      " + kProducts + " refresh_by_ids 1,2\n"));
    CHECK(log.find("/crier [P") != log.npos);
    CHECK(query(database.path(), "SELECT group_concat(id) FROM crierFailure") == "1,3");
  }
  SUBCASE("several, in the order in which they are named") {
    CHECK(database.run({"failures", "--json", "--retry", "3", "1"}) ==
          Outcome{0, "{\"failure\":3,\"entry\":17}\n{\"failure\":1,\"entry\":18}\n", ""});
    CHECK(query(database.path(), "SELECT group_concat(id) FROM crierFailure") == "2");
  }
  SUBCASE("each once") {
    CHECK(database.run({"failures", "--retry", "2", "02", "1", "2"}) ==
          Outcome{0, "failure 2 -> entry 17\nfailure 1 -> entry 18\n", ""});
  }
  SUBCASE("all") {
    CHECK(database.run({"failures", "--retry", "all"}) ==
          Outcome{0, "failure 1 -> entry 17\nfailure 2 -> entry 18\nfailure 3 -> entry 19\n", ""});
    CHECK(database.run({"failures"}).out.empty());
  }
}

TEST_CASE("--retry --wait says what has become of it") {
  const Database database;
  const TempDir folder;
  const std::string mended = folder / "mended";
  quarantine(database, {failure()});
  RunningTool node({"node", "--name", "web-1", "--exec", "test -e " + mended}, database.url());
  REQUIRE(node.says("following"));
  const Outcome again = database.run({"failures", "--retry", "1", "--wait", "--timeout", "3s"});
  CHECK(again.code == 3);
  CHECK(again.out.starts_with("failure 1 -> entry "));
  // It was given up, or would have been: then the node's full refresh fails, too.
  CHECK(eventually([&] { return !database.run({"failures"}).out.empty(); }));
  CHECK(eventually([&] {
    return database.run({"status"}).out.find(" is stale: its full refresh fails") !=
           std::string::npos;
  }));
  std::ofstream(mended) << "it is";
  const Outcome well = database.run({"failures", "--retry", "all", "--wait"});
  CAPTURE(well);
  CHECK(well.code == 0);
  CHECK(well.err.find("is asked to try now, by entry ") != std::string::npos);
  CHECK(well.out.find(": 1 node has it\n") != std::string::npos);
  CHECK(database.run({"failures"}).out.empty());
}

TEST_CASE("--retry --wait names a failure that has failed again, though the node goes on") {
  const Database database;
  const TempDir folder;
  quarantine(database, {failure()});
  // Its full refresh works, and nothing else.
  RunningTool node({"node", "--name", "web-1", "--exec", "grep -q refresh_all"}, database.url());
  REQUIRE(node.says("following"));
  const Outcome again = database.run({"failures", "--retry", "1", "--wait"});
  CAPTURE(again);
  CHECK(again.code == 3);
  CHECK(again.out.find(": 1 node has it\n") != std::string::npos);
  CHECK(again.err.find(" failed again on node web-1, which has given it up (failure 2): ") !=
        std::string::npos);
}

TEST_CASE("--retry asks the nodes that put off a refresher's full refresh, and no others") {
  const Database database;
  quarantine(database, {failure()});
  const auto node = [&](const std::string& name, const std::string& trouble) {
    NodeReport report = report_of(name);
    report.troubles = {trouble};
    beat(database, report);
    return report;
  };
  const std::string stale = " (Products) is stale: its full refresh fails and is tried again: no";
  node("web-1", "refresher " + kProducts + stale);
  node("web-2", "refresher " + kOrders + stale);
  node("web-3", "refresher " + kProducts + " (Products) is stuck: it has not returned");
  goodbye(database, node("web-4", "refresher " + kProducts + stale));
  CHECK(database.run({"failures", "--retry", "1"}) ==
        Outcome{0, "failure 1 -> entry 1\n",
                "crier: node web-1 (vm-1, pid 17) puts off the full refresh of " + kProducts +
                    ", which has failed: it is asked to try now, by entry 2\n"});
  CHECK(database.run({"list", "--after", "1"})
            .out.find("resync of web-1: " + kProducts.substr(0, 8)) != std::string::npos);
  CHECK(database.rows() == "2");
}

TEST_CASE("--dismiss takes failures out, and appends nothing") {
  const Database database;
  quarantine(database, {failure(7), unreadable(), failure(9)});
  CHECK(database.run({"failures", "--dismiss", "2"}) == Outcome{0, "dismissed failure 2\n", ""});
  CHECK(database.run({"failures", "--dismiss", "all", "--json"}) ==
        Outcome{0, "{\"dismissed\":1}\n{\"dismissed\":3}\n", ""});
  CHECK(database.run({"failures"}).out.empty());
  CHECK(database.rows() == "0");
}

TEST_CASE("what can't be done for one failure is said, and done for the others") {
  const Database database;
  quarantine(database, {unreadable(), failure()});
  SUBCASE("one that is not there") {
    const std::string none = "crier: there is no failure 9 in the quarantine\n";
    CHECK(database.run({"failures", "--retry", "9", "2"}) ==
          Outcome{1, "failure 2 -> entry 1\n", none});
    CHECK(database.run({"failures", "--dismiss", "9", "1"}) ==
          Outcome{1, "dismissed failure 1\n", none});
  }
  SUBCASE("one without an instruction") {
    const Outcome outcome = database.run({"failures", "--retry", "all"});
    CHECK(outcome.code == 1);
    CHECK(outcome.out == "failure 2 -> entry 1\n");
    CHECK(outcome.err.starts_with("crier: "));
    CHECK(query(database.path(), "SELECT group_concat(id) FROM crierFailure") == "1");
  }
}

TEST_CASE("what other programs wrote can't inject a terminal's escapes into the quarantine") {
  const Database database;
  FailureRecord hostile = failure();
  hostile.name = "\x1b[2J";
  hostile.error = "\x1b[31m" + std::string(100'000, 'x');
  hostile.json_instruction =
      R"([{"RefreshType":4,"RefresherId":")" + kProducts + R"(","JsonPayload":"\u001b[2J"}])";
  quarantine(database, {hostile});
  run_sql(database.path(), "UPDATE crierFailure SET node = char(155) || char(10)");
  const std::string out = database.run({"failures"}).out + database.run({"failures", "--wide"}).out;
  CHECK(out.find('\x1b') == out.npos);
  CHECK(out.find("\\u009b\\n") != out.npos);
  CHECK(out.find("(\\u001b[2J) refresh_by_json \\u001b[2J") != out.npos);
  CHECK(out.size() < 3000);
  CHECK(database.run({"failures", "--json"}).out.find("\xc2\x9b") == out.npos);
}

TEST_CASE("a malformed failures is a usage error") {
  const Database database;
  CHECK(database.run({"failures", "--retry", "1", "--dismiss", "2"}) ==
        Outcome{2, "", "crier: give --retry or --dismiss, not both\n"});
  CHECK(database.run({"failures", "--wait"}) ==
        Outcome{2, "", "crier: --wait waits for what --retry runs again: give both\n"});
  CHECK(database.run({"failures", "--retry", "one"}) ==
        Outcome{2, "", "crier: --retry: \"one\" is not a whole number of 64 bits\n"});
  CHECK(database.run({"failures", "--retry", "all", "1"}) ==
        Outcome{2, "", "crier: --retry: give ids, or all, not both\n"});
  CHECK(database.run({"failures", "--dismiss", "1", "all"}) ==
        Outcome{2, "", "crier: --dismiss: give ids, or all, not both\n"});
  CHECK(database.run({"failures", "--retry"}).code == 2);
  CHECK(run_tool({"failures"}).code == 2);
}

}  // namespace
}  // namespace crier::test
