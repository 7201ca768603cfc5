// SPDX-License-Identifier: MIT
// Which entries a list shows, and what it says of the others.
#include <crier/admin/resync_request.hpp>
#include <crier/codec.hpp>
#include <crier/instruction.hpp>

#include "cli/cluster.hpp"
#include "support/eventually.hpp"
#include "times.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::string ids(const std::string& out) {
  std::string text;
  for (std::size_t at = out.find('\n'); at != out.npos && at + 1 < out.size();
       at = out.find('\n', at + 1)) {
    text += (text.empty() ? "" : " ") + out.substr(at + 1, out.find(' ', at) - at - 1);
  }
  return text;
}

TEST_CASE("canaries are hidden, which is told, unless all are wanted") {
  const Healthy healthy;
  const EntryId canary = send_canary(healthy.database, healthy.leader);
  CHECK(canary.value == 13);
  const Outcome list = healthy.database.run({"list", "--after", "11"});
  CHECK(ids(list.out) == "12");
  CHECK(list.err == "crier: 1 canary is left out (see all with --all)\n");
  const Outcome all = healthy.database.run({"list", "--after", "11", "--all"});
  CHECK(ids(all.out) == "12 13");
  CHECK(all.err.empty());
  const Outcome json = healthy.database.run({"list", "--after", "11", "--json"});
  CHECK(json.out.find("{\"id\":13,") != std::string::npos);
  CHECK(json.err.empty());
}

TEST_CASE("what --limit leaves out is told") {
  const Healthy healthy;
  CHECK(healthy.database.run({"list", "--limit", "5"}).err ==
        "crier: the newest 5 are listed; see more with --limit\n");
  CHECK(healthy.database.run({"list", "--limit", "12"}).err.empty());
}

TEST_CASE("--since and --until take an age or a time, and say which entries have none") {
  const Database database;
  for (std::int64_t id = 1; id <= 5; ++id) {
    database.put(id, all_of(kProducts));
  }
  CHECK(
      ids(database.run({"list", "--since", "2026-11-21 10:00:02", "--until", "2026-11-21 10:00:04"})
              .out) == "2 3 4");
  CHECK(ids(database.run({"list", "--until", "2026-11-21T10:00:01Z"}).out) == "1");
  run_sql(database.path(),
          "UPDATE crierCacheInstruction SET utcStamp = "
          "strftime('%Y-%m-%d %H:%M:%f', 'now', '-1 minute') WHERE id = 4; "
          "UPDATE crierCacheInstruction SET utcStamp = 'soon' WHERE id = 5");
  const Outcome hour = database.run({"list", "--since", "1h"});
  CHECK(ids(hour.out) == "4");
  CHECK(hour.err == "crier: 1 entry is left out whose stamp is no time\n");
}

TEST_CASE("--id finds the entries with an instruction for an id or a GUID") {
  const Database database;
  database.put(1, ids_of(kProducts, "[41,42]"));
  database.put(2, R"([{"RefreshType":5,"RefresherId":")" + kProducts + R"(","IntId":42}])");
  database.put(
      3, R"([{"RefreshType":1,"RefresherId":")" + kOrders + R"(","GuidId":")" + kOrders + R"("}])");
  database.put(4, ids_of(kOrders, "[42]"));
  database.put(5, all_of(kProducts));
  CHECK(ids(database.run({"list", "--id", "42"}).out) == "1 2 4");
  CHECK(ids(database.run({"list", "--id", "42", "--refresher", kProducts}).out) == "1 2");
  CHECK(ids(database.run({"list", "--id", kOrders}).out) == "3");
}

TEST_CASE("--refresher finds the requests for a resync that concern it, and no others") {
  const Database database;
  const auto request = [&](std::int64_t id, const ResyncRequest& asked) {
    const Instruction instruction = to_instruction(asked);
    database.put(id,
                 make_entries({&instruction, 1}, kOrigin, EntryLimits()).front().json_instruction);
  };
  request(1, {"web-1", Guid()});
  request(2, {"", Guid::parse(kProducts).value()});
  request(3, {"web-1", Guid::parse(kOrders).value()});
  database.put(4, all_of(kCanary.to_string()));
  CHECK(ids(database.run({"list", "--refresher", kProducts}).out) == "1 2");
  CHECK(ids(database.run({"list", "--refresher", kOrders}).out) == "1 3");
  CHECK(ids(database.run({"list", "--refresher", kResyncRequest.to_string()}).out) == "1 2 3");
  const std::string counts = database.run({"list", "--count-by", "refresher", "--all"}).out;
  CHECK(counts.find("  (resync)\n") != std::string::npos);
  CHECK(counts.find("  (canary)\n") != std::string::npos);
}

TEST_CASE("--count-by says who wrote how much, for whom, and when") {
  const Database database;
  database.put(1, ids_of(kProducts, "[1,2,3]"), "vm-1/shop", 3);
  database.put(2, all_of(kOrders), "vm-2/shop");
  database.put(61, all_of(kProducts), "vm-2/shop");
  CHECK(database.run({"list", "--count-by", "origin"}).out ==
        "ENTRIES  INSTRUCTIONS  ORIGIN\n"
        "      1             3  vm-1/shop\n"
        "      2             2  vm-2/shop\n");
  CHECK(database.run({"list", "--count-by", "refresher"}).out ==
        "ENTRIES  INSTRUCTIONS  REFRESHER\n"
        "      2             4  " +
            kProducts +
            "\n"
            "      1             1  " +
            kOrders + "\n");
  CHECK(database.run({"list", "--count-by", "minute", "--utc", "--json"}).out ==
        "{\"minute\":\"2026-11-21 10:00\",\"entries\":3,\"instructions\":5}\n");
  CHECK(database.run({"list", "--count-by", "origin", "--since", "2026-11-22"}).out.empty());
}

TEST_CASE("times are local, unless they are to be in UTC") {
  const char* const before = std::getenv("TZ");
  const std::string old = before == nullptr ? "" : before;
  setenv("TZ", "UTC-2", 1);
  tzset();
  CHECK(cli::shown_time("2026-11-21 10:00:00.123", false) == "2026-11-21 12:00:00");
  CHECK(cli::shown_time("2026-11-21 10:00:00.123", true) == "2026-11-21 10:00:00");
  CHECK(cli::shown_time("soon\x1b", false) == "soon\\u001b         ");
  CHECK(cli::time_of("--since", "2026-11-21 12:00", false) ==
        cli::time_of("--since", "2026-11-21 10:00Z", false));
  CHECK(cli::time_of("--since", "2026-11-21 10:00", true) ==
        cli::time_of("--since", "2026-11-21 10:00Z", false));
  before == nullptr ? unsetenv("TZ") : setenv("TZ", old.c_str(), 1);
  tzset();
}

TEST_CASE("--watch looks again until it is interrupted") {
  const Healthy healthy;
  for (const Args& args : {Args{"status", "--watch"}, {"nodes", "--watch"}, {"list", "--watch"}}) {
    RunningTool watch(args, healthy.database.url());
    CHECK(watch.prints(args[0] == "list" ? "INSTRUCTIONS\n" : "web-1"));
    const std::size_t first = watch.out().size();
    CHECK(eventually([&] { return watch.out().size() > first; }));
    const Outcome outcome = watch.stop();
    CHECK(outcome.code == 0);
    CHECK(outcome.out.find('\x1b') == std::string::npos);  // no terminal
  }
}

}  // namespace
}  // namespace crier::test
