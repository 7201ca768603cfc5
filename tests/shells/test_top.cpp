// SPDX-License-Identifier: MIT
// crier top in a terminal.
#include "cli/cluster.hpp"
#include "shells/mute_server.hpp"
#include "shells/pseudo_terminal.hpp"
#include "shells/run_program.hpp"
#include "support/eventually.hpp"
#include "table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <signal.h>
#include <string>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

const std::string kKeys = "q quit  h help  m more  p pause";

NodeReport in_trouble() {
  NodeReport node = report_of("web-2", 12);
  node.troubles = {"refresher Products hangs"};
  return node;
}

// A run on a log of twelve entries with two nodes, one of which is in trouble.
struct Watched {
  Healthy healthy;
  PseudoTerminal terminal;

  explicit Watched(const Args& variables = {})
      : terminal(
            (beat(healthy.database, in_trouble()), Args{"crier", "top", "--interval", "100ms"}),
            healthy.database.path(), variables) {}
};

TEST_CASE("top shows how the log and its nodes are, on a screen of its own, and follows them") {
  Watched top;
  PseudoTerminal& terminal = top.terminal;
  CHECK(terminal.shows("1 of 2 nodes are fresh"));
  CHECK(terminal.shows("problem refresher-trouble: node web-2"));
  CHECK(terminal.shows("NAME   STATE"));
  CHECK(terminal.shows("ID      TIME"));
  CHECK(terminal.shows("0.0 entries/s"));
  CHECK(terminal.screen().is_alternate());
  CHECK_FALSE(terminal.screen().has_cursor());
  const std::vector<std::string> lines = terminal.screen().lines();
  CHECK(lines.front().starts_with("crier top  "));
  CHECK(lines.back().starts_with(kKeys));
  CHECK(std::ranges::count(lines, "") >= 2);
  top.healthy.database.put(13, all_of(kOrders));
  CHECK(terminal.shows("\n13      "));
  CHECK(terminal.shows(" to 13, nothing pruned"));
  CHECK(terminal.screen().overflows() == 0);
  CHECK(terminal.screen().unknown().empty());
  CHECK(terminal.screen().colours() > 0);
  terminal.type("q");
  CHECK(terminal.wait() == 0);
  CHECK(terminal.is_as_before());
  // Nothing is left behind.
  CHECK(terminal.text().find_first_not_of('\n') == std::string::npos);
}

TEST_CASE("top heeds its keys, and no others") {
  Watched top;
  PseudoTerminal& terminal = top.terminal;
  // Where the first of the two nodes stands.
  const auto first = [&](const std::string& name) {
    return eventually([&] {
      const std::string text = terminal.text();
      const std::size_t head = text.find("NAME   STATE");
      return head != text.npos && text.compare(text.find('\n', head) + 1, name.size(), name) == 0;
    });
  };
  CHECK(first("web-2"));
  terminal.type("s");
  CHECK(terminal.shows("by name"));
  CHECK(first("web-1"));
  terminal.type("r");
  CHECK(terminal.shows("by name reversed"));
  CHECK(first("web-2"));
  terminal.type("h");
  CHECK(terminal.shows("q      quit, as Ctrl-C does"));
  CHECK(terminal.drops("NAME   STATE"));
  terminal.type("?");
  CHECK(terminal.shows("NAME   STATE"));
  terminal.type("m");
  CHECK(terminal.shows("\npage 1 of 2 "));
  CHECK(terminal.shows("  next: "));
  terminal.type("m");
  CHECK(terminal.shows("\npage 2 of 2 "));
  terminal.type("m");
  CHECK(terminal.drops("\npage "));
  terminal.type("\x1b[A\x1b[15~\x1bOPxyz");  // arrows and the like
  terminal.type("p");
  CHECK(terminal.shows("  paused  "));
  top.healthy.database.put(13, all_of(kOrders));
  terminal.type("s");
  CHECK(terminal.shows("by behind reversed"));
  CHECK(terminal.text().find("\n13      ") == std::string::npos);
  terminal.type(" ");  // looks all the same
  CHECK(terminal.shows("\n13      "));
  terminal.type("p");
  CHECK(terminal.drops("  paused  "));
  terminal.type("q");
  CHECK(terminal.wait() == 0);
}

TEST_CASE("top leaves the terminal as it was, however it ends") {
  Watched top;
  PseudoTerminal& terminal = top.terminal;
  REQUIRE(terminal.shows("NAME   STATE"));
  SUBCASE("by Ctrl-C") { terminal.type("\x03"); }
  SUBCASE("by Ctrl-backslash") { terminal.type("\x1c"); }
  SUBCASE("by SIGTERM") { terminal.signal(SIGTERM); }
  SUBCASE("by SIGHUP") { terminal.signal(SIGHUP); }
  SUBCASE("by a signal while it is paused") {
    terminal.type("p");
    REQUIRE(terminal.shows("  paused  "));
    terminal.signal(SIGTERM);
  }
  CHECK(terminal.wait() == 0);
  CHECK(terminal.is_as_before());
}

TEST_CASE("top ends if its terminal is gone") {
  Watched top;
  REQUIRE(top.terminal.shows("NAME   STATE"));
  top.terminal.hang_up();
  const int code = top.terminal.wait();
  CHECK((code == 0 || code == 1 || code == 128 + SIGHUP));  // that comes more than once
}

TEST_CASE("top fits a screen of any size, and one that changes") {
  Watched top;
  PseudoTerminal& terminal = top.terminal;
  REQUIRE(terminal.shows("NAME   STATE"));
  const auto fits = [&](std::size_t rows, std::size_t columns, const std::string& last) {
    terminal.resize(rows, columns);
    CHECK(eventually([&] {
      const std::vector<std::string> lines = terminal.screen().lines();
      return lines.back() == last && std::ranges::all_of(lines, [&](const std::string& line) {
               return cli::columns_of(line) <= columns;
             });
    }));
  };
  fits(24, 40, "q quit  h help  m more  p pause  s sort…");
  CHECK(terminal.text().find("…\n") != std::string::npos);
  fits(3, 20, "q quit  h help  m m…");
  fits(1, 1, "…");
  fits(50, 200, "q quit  h help  m more  p pause  s sort  r reverse  space look now");
  CHECK(terminal.shows("KEPT  POLLER"));  // there is room for all columns
  terminal.type("q");
  CHECK(terminal.wait() == 0);
  CHECK(terminal.is_as_before());
}

TEST_CASE("top says that it can't look, shows what it found last, and heals") {
  Watched top;
  PseudoTerminal& terminal = top.terminal;
  REQUIRE(terminal.shows("1 of 2 nodes are fresh"));
  const fs::path path = top.healthy.database.path(), away = path.string() + ".away";
  fs::rename(path, away);
  CHECK(terminal.shows("could not look: "));
  CHECK(terminal.shows("what follows is as of "));
  CHECK(terminal.text().find("1 of 2 nodes are fresh") != std::string::npos);
  fs::rename(away, path);
  CHECK(terminal.drops("could not look: "));
  CHECK(terminal.shows("1 of 2 nodes are fresh"));
  terminal.type("q");
  CHECK(terminal.wait() == 0);
  CHECK(terminal.is_as_before());
}

TEST_CASE("top begins with a store that is not there yet") {
  const TempDir folder;
  const std::string path = folder / "shop.db";
  PseudoTerminal terminal({"crier", "top", "--interval", "100ms"}, path);
  CHECK(terminal.shows("could not look: no database at '"));
  CHECK(run_tool({"migrate"}, "", path).code == 0);
  CHECK(terminal.shows("0 of 0 nodes are fresh"));
  terminal.type("\x03");
  CHECK(terminal.wait() == 0);
}

TEST_CASE("what others wrote can't draw on top's screen") {
  Watched top;
  const std::string evil = "\x1b[2J\x1b]0;mine\a";
  NodeReport node = report_of("web\x1b[31m-3", 12);
  node.troubles = {"it hangs" + evil};
  beat(top.healthy.database, node);
  top.healthy.database.put(13, all_of(kOrders), "evil" + evil);
  PseudoTerminal& terminal = top.terminal;
  CHECK(terminal.shows("web\\u001b[31m-3"));
  CHECK(terminal.shows("evil\\u001b[2J"));
  CHECK(terminal.screen().unknown().empty());
  CHECK(terminal.screen().lines().front().starts_with("crier top  "));
}

TEST_CASE("top has no colours if NO_COLOR is set") {
  Watched top({"NO_COLOR=1"});
  CHECK(top.terminal.shows("problem refresher-trouble"));
  CHECK(top.terminal.screen().colours() == 0);
}

TEST_CASE("top stops and goes on as a shell has it, and is then as before") {
  if (!is_here("bash", "bash")) {
    return;
  }
  const Healthy healthy;
  PseudoTerminal terminal({"bash", "--norc", "--noprofile", "--noediting", "-i"},
                          healthy.database.path(), {"PS1=$ ", "HISTFILE="}, 24, 160);
  const auto modes = [&](const std::string& mark) {
    terminal.type("echo " + mark + "=$(stty -g).\n");
    std::string found;
    CHECK(eventually([&] {
      // Not what was typed, which may stand before the prompt or behind it.
      const std::string text = terminal.text();
      const std::size_t begin = text.rfind(mark + "=");
      const std::size_t end = text.find(".\n", begin);
      if (begin == text.npos || end == text.npos) {
        return false;
      }
      found = text.substr(begin + mark.size() + 1, end - begin - mark.size() - 1);
      return found.front() != '$';
    }));
    return found;
  };
  const std::string before = modes("before");
  CHECK(before.find(':') != std::string::npos);
  const auto alternates = [&](bool is) {
    return eventually([&] { return terminal.screen().is_alternate() == is; });
  };
  terminal.type("crier top --interval 100ms\n");
  REQUIRE(terminal.shows("NAME   STATE"));
  for (int round = 0; round < 2; ++round) {
    CAPTURE(round);
    terminal.type("\x1a");
    CHECK(alternates(false));
    CHECK(terminal.shows("Stopped"));
    CHECK(modes("stopped" + std::to_string(round)) == before);
    CHECK(terminal.screen().has_cursor());
    terminal.type(round == 0 ? "fg\n" : "bg; sleep 0.1; fg\n");
    CHECK(alternates(true));
    CHECK(terminal.shows("NAME   STATE"));
    CHECK_FALSE(terminal.screen().has_cursor());
  }
  SUBCASE("by q") {
    terminal.type("q");
    CHECK(alternates(false));
  }
  SUBCASE("killed while it is stopped") {
    terminal.type("\x1a");
    CHECK(alternates(false));
    // bash's wait would end at once: to it the job is stopped still.
    terminal.type("kill %1; while kill -0 %1 2>&-; do sleep 0.01; done; echo gone=$((1 - 1))\n");
    CHECK(terminal.shows("gone=0"));
  }
  CHECK(modes("after") == before);
  CHECK(terminal.screen().has_cursor());
  CHECK(terminal.screen().wraps());
  terminal.type("jobs; exit\n");
  CHECK(terminal.wait() == 0);
}

#ifdef CRIER_HAS_POSTGRES

TEST_CASE("top lets go of the terminal at once while a server does not answer") {
  const MuteServer server;
  PseudoTerminal terminal({"crier", "top"}, server.url());
  REQUIRE(terminal.shows("looking…"));
  CHECK(terminal.shows("no answer for "));
  terminal.type("q");
  CHECK(eventually([&] { return terminal.is_as_before(); }));
  terminal.type("\x03");  // the look need not be waited for
  CHECK(terminal.wait() == 128 + SIGINT);
  CHECK(terminal.is_as_before());
}

#endif

TEST_CASE("top is refused where nobody can see it") {
  const Healthy healthy;
  CHECK(healthy.database.run({"top"}) ==
        Outcome{2, "",
                "crier: top needs a terminal that it can draw on, and keys: use crier status "
                "--watch, or crier metrics\n"});
  CHECK(healthy.database.run({"top", "--json"}) ==
        Outcome{2, "",
                "crier: top is for people and prints no JSON: use crier status --json --watch, or "
                "crier metrics\n"});
  CHECK(healthy.database.run({"top", "--interval", "99ms"}) ==
        Outcome{2, "", "crier: --interval: it is 100ms at the least\n"});
  CHECK(run_tool({"top"}).code == 2);
  PseudoTerminal dumb({"crier", "top"}, healthy.database.path(), {"TERM=dumb"});
  CHECK(dumb.wait() == 2);
  CHECK(dumb.text().find("needs a terminal that it can draw on") != std::string::npos);
}

}  // namespace
}  // namespace crier::test
