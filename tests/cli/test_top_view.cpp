// SPDX-License-Identifier: MIT
// What crier top draws; tests/shells has it on a terminal.
#include "entry_rate.hpp"
#include "screen.hpp"
#include "table.hpp"
#include "top_view.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace crier::cli {
namespace {

using namespace std::chrono_literals;
using Sizes = std::vector<std::size_t>;

TopLook a_look(std::size_t nodes) {
  TopLook look;
  look.time = "14:03:07";
  look.rate = "12.4 entries/s";
  look.facts.store = "sqlite:shop.db";
  look.facts.schema.state = SchemaState::current;
  look.facts.bounds = LogBounds{EntryId{1}, EntryId{12}};
  for (std::size_t i = 0; i < nodes; ++i) {
    NodeRecord node;
    node.name = "web-" + std::to_string(i);
    node.incarnation = Guid::random();
    node.behind = std::chrono::seconds(i % 7);
    node.beat_age = std::chrono::milliseconds(i);
    look.facts.nodes.push_back(node);
  }
  look.entries.assign(40, "7       11-21 10:00:00  web-1           " + std::string(60, 'x'));
  return look;
}

TEST_CASE("lines are shared out: nobody gets more than it wants, and none are left over in need") {
  CHECK(shares({2, 9, 9}, 12) == Sizes{2, 5, 5});
  CHECK(shares({9, 9}, 5) == Sizes{3, 2});
  CHECK(shares({1, 2}, 50) == Sizes{1, 2});
  CHECK(shares({3, 3}, 0) == Sizes{0, 0});
  CHECK(shares({}, 7).empty());
}

TEST_CASE("what is drawn has as many rows as the screen, and none is too wide") {
  TopLook look = a_look(200);
  SUBCASE("as it is") {}
  SUBCASE("without anything") { look = TopLook(); }
  SUBCASE("in trouble") {
    look.error = "can't open " + std::string(300, 'x') + " \x1b[2J";
    for (int i = 0; i < 50; ++i) {
      look.findings.problem(
          {"node-lags", "node \u00e4\u00e4 lags " + std::string(100, '-'), "next"});
    }
  }
  for (const bool help : {false, true}) {
    for (const bool colour : {false, true}) {
      for (const Screen::Size size :
           {Screen::Size{24, 80}, {24, 40}, {7, 20}, {4, 3}, {1, 1}, {90, 300}}) {
        CAPTURE(size.rows);
        TopView view;
        view.help = help;
        const std::vector<std::string> lines = top_lines(look, view, size, Paint(colour));
        CHECK(lines.size() == size.rows);
        for (std::string line : lines) {
          for (std::size_t at = 0; (at = line.find('\x1b')) != line.npos;) {
            REQUIRE(line.compare(at, 4, "\x1b[2J") != 0);
            line.erase(at, line.find('m', at) + 1 - at);
          }
          CHECK(columns_of(line) <= size.columns);
        }
      }
    }
  }
}

TEST_CASE("what does not fit is counted") {
  const std::vector<std::string> lines = top_lines(a_look(200), TopView(), {24, 80}, Paint());
  CHECK(std::ranges::count_if(lines, [](const std::string& line) {
          return line.starts_with("\u2026 ") && line.ends_with(" more lines");
        }) == 2);
}

bool has(const std::string& line, const std::string& text) {
  return line.find(text) != std::string::npos;
}

TopLook a_troubled_look() {
  TopLook look = a_look(2);
  for (int i = 1; i <= 5; ++i) {
    look.findings.problem({"code-" + std::to_string(i),
                           "node web-" + std::to_string(i) + " " + std::string(30, 'x') +
                               " lags behind what has been written",
                           "mend it"});
  }
  look.findings.warning({"quarantine", "1 failure is in the quarantine", "crier failures"});
  return look;
}

TEST_CASE("what is wrong is counted in the first line, and comes before all else") {
  const TopLook look = a_troubled_look();
  std::vector<std::string> lines = top_lines(look, TopView(), {24, 80}, Paint());
  CHECK(has(lines[0], "  5 problems, 1 warning  "));
  for (std::size_t i = 1; i <= 5; ++i) {
    CHECK(lines[i].starts_with("problem code-" + std::to_string(i) + ": node web-"));
  }
  CHECK(lines[6].starts_with("warning quarantine: "));
  CHECK(lines[8].starts_with("sqlite:shop.db: "));

  lines = top_lines(look, TopView(), {10, 40}, Paint());
  CHECK(has(lines[0], "  5 problems, "));
  CHECK(lines[1].starts_with("problem code-1: "));
  CHECK(lines[2].starts_with("problem code-2: "));
  CHECK(lines[3] == "\u2026 4 more lines");
  CHECK(lines[5].starts_with("sqlite:shop.db: "));

  TopLook one = a_look(2);
  CHECK(has(top_lines(one, TopView(), {24, 80}, Paint())[0], "  healthy  "));
  one.findings.problem({"code-1", "it lags"});
  CHECK(has(top_lines(one, TopView(), {24, 80}, Paint())[0], "  1 problem  "));
}

TEST_CASE("a key shows all in full, page by page, and then the overview again") {
  const TopLook look = a_troubled_look();
  const Screen::Size size{10, 40};
  TopView view;
  const std::vector<std::string> overview = top_lines(look, view, size, Paint());
  std::string all;
  std::size_t pages = 0;
  while (apply_key('m', view)) {
    const std::vector<std::string> lines = top_lines(look, view, size, Paint());
    REQUIRE(lines.size() == size.rows);
    if (lines == overview) {
      break;
    }
    REQUIRE(pages < 20);
    CHECK(lines.back().starts_with("page " + std::to_string(++pages) + " of "));
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
      all += lines[i] + "\n";
    }
  }
  CHECK(pages > 5);
  CHECK(has(all, " lags\nbehind what has been written\n  next: mend it\nproblem code-2: "));
  CHECK(has(all, "warning quarantine: 1 failure is in the\nquarantine\n  next: crier failures\n"));
  CHECK(has(all, "\nweb-0"));
  CHECK(has(all, "\nweb-1"));
  CHECK(std::ranges::count(all, 'x') >= 30 * 5);  // of each problem
  CHECK(apply_key('m', view));
  CHECK(apply_key('h', view));
  CHECK(top_lines(look, view, size, Paint()).back().starts_with("q quit"));
}

TEST_CASE("long names that are much alike stay different") {
  TopLook look = a_look(3);
  look.entries.clear();
  for (std::size_t i = 0; i < 3; ++i) {
    look.facts.nodes[i].name =
        "a-node-with-quite-a-long-name-in-the-cluster-" + std::to_string(i + 1) + ".example.com";
  }
  const std::vector<std::string> lines = top_lines(look, TopView(), {24, 80}, Paint());
  for (const std::string end : {"1", "2", "3"}) {
    CHECK(std::ranges::count_if(lines, [&](const std::string& line) {
            return line.starts_with("a-node\u2026" + end + ".example.com  ");
          }) == 1);
  }
}

TEST_CASE("nodes are sorted as the keys say") {
  TopLook look = a_look(3);
  look.findings.not_fresh = {look.facts.nodes[1].incarnation};
  look.entries.clear();
  TopView view;
  const auto names = [&] {
    std::string found;
    for (const std::string& line : top_lines(look, view, {24, 80}, Paint())) {
      found += line.starts_with("web-") ? line.substr(4, 1) : "";
    }
    return found;
  };
  CHECK(names() == "102");
  CHECK(apply_key('s', view));
  CHECK(names() == "012");
  CHECK(apply_key('s', view));
  CHECK(names() == "210");  // behind
  CHECK(apply_key('s', view));
  CHECK(names() == "210");  // beat
  CHECK(apply_key('r', view));
  CHECK(names() == "012");
  CHECK(apply_key('s', view));
  CHECK(names() == "201");  // by trouble, reversed
  CHECK_FALSE(apply_key('x', view));
  look.facts.nodes[0].state = NodeState::stopped;
  CHECK(names() == "21");
}

TEST_CASE("the rate is that of the last looks, and begins anew with another log") {
  EntryRate rate;
  const EntryRate::Time start{};
  CHECK(rate.text().empty());
  rate.add(EntryId{100}, start);
  CHECK(rate.text().empty());
  rate.add(EntryId{125}, start + 2s);
  CHECK(rate.text() == "12.5 entries/s");
  rate.add(EntryId{125}, start + 10s);
  CHECK(rate.text() == "2.5 entries/s");
  for (int i = 1; i <= 10; ++i) {
    rate.add(EntryId{125}, start + 10s + i * 2s);
  }
  CHECK(rate.text() == "0.0 entries/s");
  rate.add(EntryId{3}, start + 40s);
  CHECK(rate.text().empty());
  rate.add(EntryId{9'000'000'000'000'000'003}, start + 41s);
  CHECK(rate.text() == "900000000000000000.0 entries/s");
}

TEST_CASE("coloured text is cut by what is seen of it") {
  const Paint paint(true);
  const std::string red = paint(Tone::problem, "problem");
  CHECK(cut_painted("web-12", 5) == "web-\u2026");
  CHECK(cut_painted(red, 7) == red);
  CHECK(cut_painted(red + " x", 9) == red + " x");
  CHECK(cut_painted(red, 4) == paint(Tone::problem, "pro\u2026"));
  CHECK(cut_painted("a" + red + "b", 3) == "a" + paint(Tone::problem, "p\u2026"));
  CHECK(cut_painted("", 3).empty());
}

TEST_CASE("of what is typed the keys are taken, and no arrows") {
  CHECK(plain_keys("qs") == "qs");
  CHECK(plain_keys("\x1b[Ap\x1bOPr\x1b[15~s") == "prs");
  CHECK(plain_keys("\x1b[").empty());
  CHECK(plain_keys("\x1b").empty());
}

}  // namespace
}  // namespace crier::cli
