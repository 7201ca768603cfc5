// SPDX-License-Identifier: MIT
// script/demo, as somebody sees it who has just fetched the source.
#include "shells/pseudo_terminal.hpp"
#include "shells/run_program.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/files.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <signal.h>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

Args demo_in(const std::string& folder) {
  return {source_file("script/demo"),
          "--built",
          built_program(""),
          "--folder",
          folder,
          "--seconds",
          "1"};
}

std::string line_with(const std::vector<std::string>& lines, std::string_view start) {
  const auto found =
      std::ranges::find_if(lines, [&](const std::string& line) { return line.starts_with(start); });
  REQUIRE_MESSAGE(found != lines.end(), "no line begins with: ", start);
  return *found;
}

// The numbers in a line of its table: reads, stale reads, and the like.
std::vector<double> numbers_after(std::string line, const std::string& name) {
  std::erase(line, ',');
  std::istringstream words(line.substr(name.size()));
  std::vector<double> numbers;
  for (std::string word; words >> word;) {
    if (word.find_first_not_of("0123456789.") == std::string::npos) {
      numbers.push_back(std::stod(word));
    }
  }
  return numbers;
}

// Whether a process runs whose command line holds `text`.
bool runs(const std::string& text) {
  return std::ranges::any_of(fs::directory_iterator("/proc"),
                             [&](const fs::directory_entry& entry) {
                               std::ifstream file(entry.path() / "cmdline");
                               const std::string words{std::istreambuf_iterator<char>(file), {}};
                               return words.find(text) != std::string::npos &&
                                      words.find("script/demo") == std::string::npos;
                             });
}

TEST_CASE(
    "the demo: far fewer stale reads with crier than with a time limit, although a node dies") {
  const TempDir home, data;
  const Ran demo = run_program(home, demo_in(data.path()));
  CAPTURE(text_of(demo.out));
  REQUIRE(text_of(demo.err) == "");
  CHECK(demo.code == 0);

  const std::string limit_name = "a 5 s time limit", crier_name = "crier";
  const auto limit = numbers_after(line_with(demo.out, limit_name), limit_name);
  const auto crier = numbers_after(line_with(demo.out, crier_name + " "), crier_name);
  REQUIRE(limit.size() == 4);
  REQUIRE(crier.size() >= 3);  // nothing that was stale has no age
  CHECK(limit[0] > 1000);
  CHECK(crier[0] > 1000);
  CHECK(limit[1] > 3 * crier[1]);
  CHECK(line_with(demo.out, "  web-2  SIGKILL at ").find("SIGKILL") != std::string::npos);
  CHECK(text_of(demo.out).find(", back at ") != std::string::npos);
  CHECK(line_with(demo.out, "Caches after the last change: ").find("; with crier 0 of ") !=
        std::string::npos);
  // Neither a terminal's language nor a line that is too wide, but for paths.
  for (const std::string& line : demo.out) {
    CHECK(line.find('\x1b') == std::string::npos);
    CHECK((line.size() <= 80 || line.find(data.path()) != std::string::npos ||
           line.find("PATH=") != std::string::npos));
  }

  // What it says can be copied into a shell.
  const std::string set_up = line_with(demo.out, "  export PATH=") + "\n" +
                             line_with(demo.out, "  export CRIER_STORE=") + "\n";
  for (const std::string command : {"crier list", "crier explain", "crier events"}) {
    std::string line = line_with(demo.out, "  " + command);
    line.erase(line.find("  ", 2));
    const Ran ran = run_program(home, {"bash", "-c", set_up + line});
    CAPTURE(line);
    CHECK(ran.code == 0);
    CHECK(ran.out.size() > 1);
  }
  CHECK_FALSE(runs(data.path()));
  CHECK(fs::exists(fs::path(data.path()) / "shop.db"));
  const std::string last = line_with(demo.out, "Nothing of it runs any more.");
  CHECK(run_program(home, {"bash", "-c", last.substr(last.find("rm -r"))}).code == 0);
  CHECK_FALSE(fs::exists(data.path()));
}

TEST_CASE("the demo draws one screen, and its nodes run on until Enter") {
  const TempDir data;
  PseudoTerminal terminal(demo_in(data.path()), "");
  CHECK(terminal.shows("half 1 of 2"));
  CHECK(terminal.screen().is_alternate());
  CHECK_FALSE(terminal.screen().has_cursor());
  CHECK(terminal.shows("SIGKILL at "));
  CHECK(terminal.shows("until you press Enter."));
  CHECK(terminal.text().find("Three processes cache") != std::string::npos);
  CHECK(terminal.text().find("crier serve") != std::string::npos);
  CHECK(terminal.screen().overflows() == 0);
  CHECK(terminal.screen().unknown().empty());
  CHECK(terminal.screen().colours() > 0);
  CHECK(terminal.is_as_before());
  CHECK(eventually([&] {  // the writer begins again with this
    const Ran status = run_program(TempDir(), {"crier", "status"}, data / "shop.db");
    return text_of(status.out).find("4 of 4 nodes are fresh") != std::string::npos;
  }));
  terminal.type("\n");
  CHECK(terminal.wait() == 0);
  CHECK_FALSE(runs(data.path()));
}

TEST_CASE("a signal ends the demo, which leaves neither processes nor files") {
  const TempDir parent;
  const std::string folder = parent / "demo";
  PseudoTerminal terminal(demo_in(folder), "", {"NO_COLOR=1"});
  REQUIRE(terminal.shows("half 1 of 2"));
  CHECK(terminal.screen().colours() == 0);
  int code = 130;
  SUBCASE("by Ctrl-C") { terminal.type("\x03"); }
  SUBCASE("to the script alone") {
    terminal.signal(SIGTERM);
    code = 143;
  }
  CHECK(terminal.wait() == code);
  CHECK(terminal.is_as_before());
  CHECK(eventually([&] { return !runs(folder); }));
  CHECK_FALSE(fs::exists(folder));
}

TEST_CASE("a terminal that is too small for the demo's screen gets lines") {
  const TempDir data;
  PseudoTerminal terminal(demo_in(data.path()), "", {}, 60, 70);
  CHECK(terminal.shows("half 2 of 2: crier tells each node what has changed"));
  CHECK_FALSE(terminal.screen().is_alternate());
  terminal.type("\x03");
  CHECK(terminal.wait() == 130);
}

}  // namespace
}  // namespace crier::test
