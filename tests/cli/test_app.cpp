// SPDX-License-Identifier: MIT
#include <crier/version.hpp>

#include "cli/database.hpp"
#include "cli/tool.hpp"

#include <doctest/doctest.h>

#include <ostream>
#include <sstream>
#include <streambuf>
#include <string>

namespace crier::test {
namespace {

TEST_CASE("bare, it shows the help; without a command it is a usage error") {
  CHECK(run_tool({}) == run_tool({"--help"}));
  CHECK(run_tool({}).out.find("Usage: crier ") != std::string::npos);
  CHECK(run_tool({"list", "--limit"}).err.starts_with("crier: --limit needs a value: N; "));
  CHECK(run_tool({"--json"}) == Outcome{2, "", "crier: no command is given; see crier --help\n"});
}

TEST_CASE("an unknown command is named, and the nearest one suggested") {
  const auto refused = [](const std::string& word, const std::string& hint) {
    CHECK(run_tool({word}) ==
          Outcome{2, "", "crier: there is no command \"" + word + "\"; " + hint + "\n"});
  };
  refused("lst", "did you mean list? See crier --help");
  refused("reply", "did you mean replay? See crier --help");
  refused("migrat", "did you mean migrate? See crier --help");
  refused("statuss", "did you mean status? See crier --help");
  refused("frobnicate", "see crier --help");
  refused("", "see crier --help");

  SUBCASE("with --help, too") {
    CHECK(run_tool({"lst", "--help"}).code == 2);
    CHECK(run_tool({"--help", "lst"}).code == 2);
  }
  SUBCASE("which can't inject a terminal's escapes") {
    CHECK(run_tool({"\x1b[2Jlist"}).err ==
          "crier: there is no command \"\\u001b[2Jlist\"; see crier --help\n");
  }
}

TEST_CASE("an unknown option is named, and the nearest one suggested") {
  CHECK(run_tool({"list", "--limi", "3"}) ==
        Outcome{2, "",
                "crier: there is no option --limi; did you mean --limit? See crier list --help\n"});
  CHECK(
      run_tool({"--stroe=x", "list"}) ==
      Outcome{2, "",
              "crier: there is no option --stroe; did you mean --store? See crier list --help\n"});
  CHECK(run_tool({"-x"}) == Outcome{2, "", "crier: there is no option -x; see crier --help\n"});
  SUBCASE("before what else is wrong") {
    CHECK(run_tool({"node", "--nam", "web-1"}).err ==
          "crier: there is no option --nam; did you mean --name? See crier node --help\n");
  }
}

TEST_CASE("an argument too many is named") {
  CHECK(run_tool({"list", "5"}) ==
        Outcome{2, "", "crier: list takes no argument \"5\"; see crier list --help\n"});
  CHECK(run_tool({"list", "tail"}) ==
        Outcome{2, "", "crier: list takes no argument \"tail\"; see crier list --help\n"});
}

TEST_CASE("what is required is asked for") {
  CHECK(run_tool({"node"}) == Outcome{2, "", "crier: --name is required; see crier node --help\n"});
  CHECK(run_tool({"show"}) == Outcome{2, "", "crier: ID is required; see crier show --help\n"});
  CHECK(run_tool({"list", "--limit"}).code == 2);
}

TEST_CASE("the store comes from --store, else from the environment") {
  const Database named, surrounding;
  named.put(1, all_of(kProducts));
  surrounding.put(2, all_of(kProducts));
  const auto first_id = [&](const Args& args) {
    const std::string out = run_tool(args, "", surrounding.url()).out;
    const std::size_t first = out.find('\n') + 1;  // below the head
    return out.substr(first, out.find(' ', first) - first);
  };
  CHECK(first_id({"list"}) == "2");
  CHECK(first_id({"--store", named.url(), "list"}) == "1");
  CHECK(first_id({"list", "--store", named.url()}) == "1");
  CHECK(first_id({"list", "--store", "sqlite:" + named.url()}) == "1");

  const Outcome none{2, "", "crier: no store is named: give --store URL, or set CRIER_STORE\n"};
  CHECK(run_tool({"list"}) == none);
  CHECK(run_tool({"--store", "", "list"}, "", surrounding.url()) == none);
  CHECK(run_tool({"node", "--name", "web-1"}) == none);
}

TEST_CASE("a URL that is malformed is a usage error") {
  CHECK(run_tool({"--store", "mysql://host/db", "list"}) ==
        Outcome{
            2, "",
            "crier: unknown store scheme 'mysql': known are sqlite (sqlite:PATH or just PATH) and "
            "postgresql (postgresql://HOST/DATABASE); a path that holds one of ':', '=', ';' and "
            "'@' is written sqlite:PATH or ./PATH\n"});
  CHECK(run_tool({"list"}, "", "shop.db?deadline=soon").code == 2);
  CHECK(run_tool({"migrate"}, "", "sqlite:").code == 2);
  CHECK(run_tool({"node", "--name", "web-1"}, "", "redis:x").code == 2);
}

TEST_CASE("--version prints the library's version") {
  const Outcome version{0, "crier " + std::string(crier::version()) + "\n", ""};
  CHECK(run_tool({"--version"}) == version);
  CHECK(run_tool({"list", "--version"}) == version);
}

bool coloured(const Database& database, const Args& args, bool terminal, bool no_color) {
  std::istringstream in;
  std::ostringstream out, err;
  crier::cli::Interrupt interrupt;
  crier::cli::run(args, {in, out, err}, {database.url(), terminal, no_color}, interrupt);
  CHECK_FALSE(out.str().empty());
  return out.str().find('\x1b') != std::string::npos;
}

TEST_CASE("colour is for a terminal whose user has not refused it") {
  const Database database;
  database.put(1, all_of(kProducts));
  CHECK(coloured(database, {"list"}, true, false));
  CHECK_FALSE(coloured(database, {"list"}, false, false));
  CHECK_FALSE(coloured(database, {"list"}, true, true));
  CHECK_FALSE(coloured(database, {"list", "--no-color"}, true, false));
  CHECK_FALSE(coloured(database, {"list", "--json"}, true, false));
}

TEST_CASE("output that can't be written is a failure, said once") {
  class FullDisk final : public std::streambuf {};
  const Database database;
  database.put(1, all_of(kProducts));
  database.put(2, all_of(kProducts));
  for (const Args& args : {Args{"list"}, Args{"show", "1"}, Args{"tail", "--from-start"},
                           Args{"--version"}, Args{"list", "--json"}, Args{"status"}}) {
    CAPTURE(args.front());
    FullDisk full_disk;
    std::istringstream in;
    std::ostream out(&full_disk);
    std::ostringstream err;
    crier::cli::Interrupt interrupt;
    CHECK(crier::cli::run(args, {in, out, err}, {database.url(), false, false}, interrupt) ==
          (args.front() == "status" ? 3 : 1));  // what it found stays what it says
    CHECK(err.str() ==
          "crier: can't write to standard output: nobody reads it any more, or there is no room "
          "where it leads\n");
  }
}

TEST_CASE("output that fails after an entry was written does not hide that") {
  class FullDisk final : public std::streambuf {};
  const Database database;
  FullDisk full_disk;
  std::istringstream in;
  std::ostream out(&full_disk);
  std::ostringstream err;
  crier::cli::Interrupt interrupt;
  const Args args{"send", "--refresher", kProducts, "--all"};
  CHECK(crier::cli::run(args, {in, out, err}, {database.url(), false, false}, interrupt) == 1);
  CHECK(err.str() ==
        "crier: entry 1 was written all the same\ncrier: can't write to standard output: nobody "
        "reads it any more, or there is no room where it leads\n");
}

}  // namespace
}  // namespace crier::test
