// SPDX-License-Identifier: MIT
#include "cli/cluster.hpp"
#include "progress.hpp"
#include "support/eventually.hpp"
#include "support/unprivileged.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

NodeRecord record_of(const std::string& name, std::int64_t position) {
  NodeRecord record;
  static_cast<NodeReport&>(record) = report_of(name, position);
  record.beat_age = 1200ms;
  return record;
}

TEST_CASE("wait returns once every node has the entry") {
  const Database database;
  RunningTool first({"node", "--name", "web-1"}, database.url());
  RunningTool second({"node", "--name", "web-2"}, database.url());
  REQUIRE(first.says("following"));
  REQUIRE(second.says("following"));
  CHECK(database.run({"send", "--refresher", kProducts, "--all"}).out.starts_with("1-"));
  CHECK(database.run({"wait", "1", "--timeout", "1m"}) ==
        Outcome{0, "entry 1: 2 nodes have it\n", ""});
  CHECK(database.run({"wait", "newest", "--node", "web-2", "--timeout", "1m"}) ==
        Outcome{0, "entry 1: 1 node has it\n", ""});
  first.stop();
  CHECK(database.run({"wait", "1"}).out == "entry 1: 1 node has it\n");
}

TEST_CASE("wait prints JSON") {
  const Database database;
  put_old(database, 5);
  beat(database, report_of("web-1", 5));
  beat(database, report_of("web-2", 4));
  const Outcome done = database.run({"wait", "4", "--json"});
  CHECK(done.code == 0);
  CHECK(done.out.starts_with("{\"entry\":4,\"done\":true,\"reached\":[{\"name\":\"web-1\","));
  CHECK(done.out.ends_with("}],\"waiting\":[],\"lost\":[],\"trouble\":null}\n"));
  const Outcome late = database.run({"wait", "5", "--json", "--timeout", "1ms"});
  CHECK(late.code == 3);
  CHECK(late.out.find(",\"done\":false,") != std::string::npos);
  CHECK(late.out.find("],\"waiting\":[{\"name\":\"web-2\",") != std::string::npos);
}

TEST_CASE("wait where no node is live is not done, and says so") {
  const Database database;
  const std::string nobody = "crier: no node is live: there is nobody to wait for\n";
  CHECK(database.run({"wait", "7"}) == Outcome{3, "", nobody});
  const NodeReport node = report_of("web-1", 7);
  beat(database, node);
  goodbye(database, node);
  CHECK(database.run({"wait", "7"}) == Outcome{3, "", nobody});
  CHECK(database.run({"wait", "newest"}) == Outcome{3, "", nobody});
  const Outcome json = database.run({"wait", "7", "--json"});
  CHECK(json == Outcome{3,
                        "{\"entry\":7,\"done\":false,\"reached\":[],\"waiting\":[],\"lost\":[],"
                        "\"trouble\":null}\n",
                        nobody});
}

TEST_CASE("wait names the nodes that it is not for, since they are stale") {
  const Database database;
  put_old(database, 12);
  const NodeReport live = report_of("web-1", 12);
  beat(database, report_of("web-2", 12));
  pass(database, 4h);
  beat(database, live);
  const std::string stale =
      "crier: not waited for: node web-2 (vm-1, pid 17) is stale, its last beat was 4 h 0 m ago\n";
  CHECK(database.run({"wait", "12"}) == Outcome{0, "entry 12: 1 node has it\n", stale});
  CHECK(database.run({"wait", "12", "--json"}).err == stale);
  CHECK(database.run({"wait", "12", "--node", "web-1"}).err.empty());
  const Outcome late = database.run({"wait", "13", "--timeout", "1ms"});
  CHECK(late.code == 3);
  CHECK(late.err.find(stale) != std::string::npos);
  goodbye(database, live);
  CHECK(database.run({"wait", "12"}) ==
        Outcome{3, "", stale + "crier: no node is live: there is nobody to wait for\n"});
}

TEST_CASE("wait names the nodes that are missing when time runs out") {
  const Database database;
  put_old(database, 12);
  beat(database, report_of("web-1", 12));
  beat(database, report_of("web-2", 9));
  pass(database, 1h);
  const std::string missing =
      "crier: node web-2 (vm-1, pid 17) has not handled entry 12: it is at entry 9, and its last "
      "beat was 1 h 0 m ago\n";
  CHECK(database.run({"wait", "12", "--timeout", "10ms"}) == Outcome{3, "", missing});
  CHECK(database.run({"wait", "12", "--timeout", "0s"}) == Outcome{3, "", missing});
  CHECK(database.run({"wait", "12", "--timeout", "10ms", "--node", "web-2"}) ==
        Outcome{3, "", missing});
  CHECK(database.run({"wait", "12", "--timeout", "10ms", "--node", "web-1"}).code == 0);

  SUBCASE("and where the entry itself is") {
    const Outcome outcome = database.run({"wait", "13", "--timeout", "10ms", "--node", "web-1"});
    CHECK(outcome.code == 3);
    CHECK(outcome.err.ends_with("\ncrier: entry 13 is not there yet: the newest is 12\n"));
  }
}

TEST_CASE("wait names a node that no longer counts") {
  const Database database;
  put_old(database, 12);
  const NodeReport first = report_of("web-1", 12), second = report_of("web-2", 9);
  beat(database, first);
  beat(database, second);
  const std::string lost =
      "crier: node web-2 (vm-1, pid 17) no longer counts: it is stopped, at entry 9\n";
  SUBCASE("which the others need not wait for") {
    RunningTool wait({"wait", "12", "--timeout", "1m"}, database.url());
    REQUIRE(eventually(
        [&] { return query(database.path(), "SELECT count(*) FROM crierWait") == "1"; }));
    goodbye(database, second);
    CHECK(wait.wait() == Outcome{0, "entry 12: 1 node has it\n", lost});
  }
  SUBCASE("which is all there was where it was named") {
    RunningTool wait({"wait", "12", "--timeout", "1m", "--node", "web-2"}, database.url());
    REQUIRE(eventually(
        [&] { return query(database.path(), "SELECT count(*) FROM crierWait") == "1"; }));
    goodbye(database, second);
    CHECK(wait.wait() == Outcome{3, "", lost});
  }
  SUBCASE("and is not done where all are lost") {
    goodbye(database, first);
    RunningTool wait({"wait", "12", "--timeout", "1m"}, database.url());
    REQUIRE(eventually(
        [&] { return query(database.path(), "SELECT count(*) FROM crierWait") == "1"; }));
    goodbye(database, second);
    CHECK(wait.wait() == Outcome{3, "", lost});
  }
}

TEST_CASE("wait for a node that is not live says what it is") {
  const Database database;
  const NodeReport gone = report_of("web-1", 3);
  beat(database, gone);
  goodbye(database, gone);
  beat(database, report_of("web-2", 4));
  pass(database, 4h);
  const auto wait_for = [&](const std::string& name) {
    return database.run({"wait", "3", "--node", name});
  };
  CHECK(wait_for("web-1") == Outcome{3, "",
                                     "crier: node web-1 (vm-1, pid 17) is stopped, at entry 3; its "
                                     "last beat was 4 h 0 m ago\n"});
  CHECK(wait_for("web-2") == Outcome{3, "",
                                     "crier: not waited for: node web-2 (vm-1, pid 17) is stale, "
                                     "its last beat was 4 h 0 m ago\n"});
  CHECK(wait_for("web\x1b") ==
        Outcome{3, "", "crier: no node of the name \"web\\u001b\" is remembered\n"});
}

TEST_CASE("an interrupt ends a wait") {
  const Database database;
  put_old(database, 12);
  beat(database, report_of("web-1", 9));
  RunningTool wait({"wait", "12", "--timeout", "1h"}, database.url());
  const Outcome outcome = wait.stop();
  CHECK(outcome.code == 130);
  CHECK(outcome.err.find("web-1") != std::string::npos);
  CHECK(query(database.path(), "SELECT count(*) FROM crierWait") == "0");
}

TEST_CASE("wait works where the database may only be read") {
  const Database database;
  put_old(database, 13);
  beat(database, report_of("web-1", 12));
  fs::permissions(database.folder().path(), fs::perms::all);
  for (const auto& file : fs::directory_iterator(database.folder().path())) {
    fs::permissions(file, fs::perms(0666));
  }
  fs::permissions(database.path(), fs::perms(0444));
  const Unprivileged nobody;
  CHECK(database.run({"wait", "12"}) == Outcome{0, "entry 12: 1 node has it\n", ""});
  CHECK(database.run({"wait", "12", "--json"}).out.ends_with(",\"trouble\":null}\n"));

  SUBCASE("and says why nobody could be asked when time runs out") {
    const Outcome late = database.run({"wait", "13", "--timeout", "10ms"});
    CHECK(late.code == 3);
    CHECK(late.err.find("\ncrier: the nodes could not be asked, and answer with their next beats: "
                        "can't write to ") != std::string::npos);
    CHECK(database.run({"wait", "13", "--timeout", "10ms", "--json"})
              .out.find("],\"trouble\":\"can't write to ") != std::string::npos);
  }
}

TEST_CASE("a malformed wait is a usage error") {
  const auto refused = [](const Args& args, const std::string& sentence) {
    CHECK(run_tool(args, "", "/no/such/folder/x.db") ==
          Outcome{2, "", "crier: " + sentence + "\n"});
  };
  refused({"wait"}, "ID is required; see crier wait --help");
  refused({"wait", "latest"},
          "ID: \"latest\" is not the id of an entry, a whole number from 0, or newest");
  refused({"wait", "7", "--node", ""}, "--node: the node's name is empty");
  refused(
      {"wait", "7", "--timeout", "soon"},
      "--timeout: \"soon\" is not a duration such as 200ms, 2s, 5m, 2h, 7d or 1h30m, of at most "
      "36500d");
}

TEST_CASE("progress is shown on a terminal alone") {
  const Database database;
  put_old(database, 12);
  beat(database, report_of("web-1", 9));
  const auto said = [&](bool terminal, const std::string& type = "xterm") {
    std::istringstream in;
    std::ostringstream out, err;
    crier::cli::Interrupt interrupt;
    const Args args{"wait", "12", "--timeout", "10ms"};
    crier::cli::run(args, {in, out, err}, {database.url(), false, false, terminal, type},
                    interrupt);
    CHECK(out.str().empty());
    return err.str();
  };
  const std::string shown = said(true);
  CHECK(shown.starts_with("entry 12: 0 of 1 nodes have it\n  web-1  at 9, last beat "));
  CHECK(shown.find("\x1b[2A\x1b[J"
                   "crier: node web-1 ") != std::string::npos);
  CHECK(said(false).starts_with("crier: node web-1 "));
  CHECK(said(true, "dumb").starts_with("crier: node web-1 "));
}

TEST_CASE("progress names the nodes that are missing, as far as they fit on a terminal") {
  using crier::cli::progress_lines;
  using Lines = std::vector<std::string>;
  WaitResult result;
  result.reached = {record_of("web-1", 42), record_of("web-2", 43)};
  result.waiting = {record_of("web-3", 40)};
  result.lost = {record_of("web-4\x1b", 7)};
  CHECK(progress_lines(result, EntryId{42}) ==
        Lines{"entry 42: 2 of 3 nodes have it", "  web-3  at 40, last beat 1.2 s ago",
              "  web-4\\u001b  lost at 7, last beat 1.2 s ago"});

  result.waiting.assign(20, record_of(std::string(255, 'n'), INT64_MAX));
  const Lines many = progress_lines(result, EntryId{42});
  CHECK(many.size() == 17);
  CHECK(many.back() == "  and 6 more");
  CHECK(many[1].size() == 79);
  CHECK(many[1].starts_with("  nnn"));
  CHECK(many[1].ends_with("nnn...  at 9223372036854775807, last beat 1.2 s ago"));

  result.waiting = {record_of(std::string(40, 'n'), 7)};
  CHECK(progress_lines(result, EntryId{42})[1] ==
        "  " + std::string(40, 'n') + "  at 7, last beat 1.2 s ago");

  SUBCASE("which cuts no character in two") {
    for (const char* first : {"", "n"}) {
      std::string name = first;
      for (int i = 0; i < 100; ++i) {
        name += "\u00e9";
      }
      result.waiting = {record_of(name, 7)};
      const std::string line = progress_lines(result, EntryId{42})[1];
      CHECK(line.size() <= 79);
      CHECK(line.find("\u00e9...  at 7") != std::string::npos);
    }
  }
}

TEST_CASE("progress stands in place of what was shown before, and is wiped in the end") {
  std::ostringstream terminal;
  const auto written = [&] {
    const std::string text = terminal.str();
    terminal.str("");
    return text;
  };
  {
    crier::cli::Progress progress(terminal);
    progress.show({"a", "b"});
    CHECK(written() == "a\nb\n");
    progress.show({"a", "b"});
    CHECK(written().empty());
    progress.show({"c"});
    CHECK(written() == "\x1b[2A\x1b[Jc\n");
  }
  CHECK(written() == "\x1b[1A\x1b[J");
}

}  // namespace
}  // namespace crier::test
