// SPDX-License-Identifier: MIT
// That tables fit a terminal, whatever the names and errors in them.
#include <crier/admin/history.hpp>
#include <crier/codec.hpp>

#include "app.hpp"
#include "cli/cluster.hpp"
#include "cli/tree.hpp"
#include "interrupt.hpp"
#include "table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace crier::test {
namespace {

// A name of 90 columns that is like no other one.
std::string long_name(const std::string& front) {
  std::string name = front;
  for (std::size_t i = front.size(); i < 90; ++i) {
    name += i % 3 == 0 ? "ä" : "x";
  }
  return name;
}

// A log in which everything is long.
struct LongNames {
  const Database database;
  const std::string node = long_name("node-");
  const std::string refresher = long_name("Refresher");
  const std::string error =
      "no connection to the price service at prices.example.com, which was asked four times within "
      "a minute, and has answered none of these requests; it was asked for all of häuser";

  LongNames() {
    const std::string origin = long_name("origin ");
    database.put(1, ids_of(kProducts, "[42,1111111111,2222222222,3333333333,4444444444]"), origin);
    database.put(2,
                 "[{\"RefreshType\":4,\"RefresherId\":\"" + kProducts + "\",\"JsonPayload\":\"{" +
                     long_name("") + "42\"}]",
                 origin);
    database.put(3, "[{\"RefreshType\":0,\"RefresherId\":\"" + kProducts + "\"},{" + long_name("]"),
                 origin);
    database.put(123456789012, all_of(kProducts), origin);
    std::vector<NodeReport> nodes{report_of(node, 1), report_of(long_name("other-"), 123456789012),
                                  report_of(long_name("third-"), 3), report_of("fourth", 2)};
    nodes[0].troubles = {error};
    nodes[0].last_error = error;
    for (const NodeReport& one : nodes) {
      declare(database, one, {{kProducts, refresher}, {kOrders, long_name("Orders")}});
    }
    FailureRecord failure;
    failure.entry = {123456789012};
    failure.refresher = Guid::parse(kProducts).value();
    failure.name = refresher;
    failure.node = node;
    failure.incarnation = nodes[0].incarnation;
    failure.attempts = 1234567;
    failure.error = error;
    failure.json_instruction = all_of(kProducts);
    quarantine(database, {failure});
    EventRecord event;
    event.kind = "failing";
    event.node = node;
    event.detail = error;
    const auto store = open_store(database.url());
    store->connect(Access::read_write)->history().record({&event, 1});
  }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  return lines;
}

// Each way to a table. Beneath those of nodes stand sentences, which the terminal breaks.
const std::vector<std::string> kTables{"nodes",
                                       "nodes --all",
                                       "refreshers",
                                       "refreshers --all",
                                       "failures",
                                       "failures --utc",
                                       "events",
                                       "list",
                                       "list --count-by origin",
                                       "list --count-by refresher",
                                       "list --count-by minute",
                                       "explain 7c9e6679-7425-40de-944b-e07fc1f90ae7 42"};

Args words_of(const std::string& line) {
  Args words;
  std::istringstream in(line);
  for (std::string word; in >> word;) {
    words.push_back(word);
  }
  return words;
}

TEST_CASE("every table fits a terminal, whatever the names and errors in it") {
  const LongNames shop;
  for (const std::string& command : kTables) {
    CAPTURE(command);
    const Outcome outcome = shop.database.run(words_of(command));
    CHECK_MESSAGE(outcome.code == 0, outcome.err);
    std::size_t rows = 0;
    for (const std::string& line : lines_of(outcome.out)) {
      CAPTURE(line);
      const bool is_sentence = command.starts_with("nodes") && line.starts_with("  ");
      CHECK((is_sentence || cli::columns_of(line) <= 80));
      ++rows;
    }
    CHECK(rows > 1);
  }
}

// No word is broken. Who reads it from a pipe has whole lines.
TEST_CASE("a status on a terminal wraps what it says, unless --wide is given") {
  const LongNames shop;
  const auto longest = [&](Args args, bool terminal) {
    std::istringstream in;
    std::ostringstream out, err;
    cli::Interrupt interrupt;
    cli::run(args, {in, out, err},
             {.store = shop.database.url(), .terminal = terminal, .no_color = true}, interrupt);
    std::size_t most = 0;
    for (const std::string& line : lines_of(out.str())) {
      std::istringstream words(line);
      std::string word;
      bool has_long_word = false;
      while (words >> word) {
        has_long_word = has_long_word || cli::columns_of(word) > 70;
      }
      most = has_long_word ? most : std::max(most, cli::columns_of(line));
    }
    return most;
  };
  CHECK(longest({"status"}, true) <= 80);
  CHECK(longest({"status", "--wide"}, true) > 80);
  CHECK(longest({"status"}, false) > 80);
}

TEST_CASE("what a table cuts is whole with --wide") {
  const LongNames shop;
  const auto whole = [&](const Args& args, const std::vector<std::string>& texts) {
    const std::string narrow = shop.database.run(args).out;
    Args wide = args;
    wide.emplace_back("--wide");
    const std::string shown = shop.database.run(wide).out;
    for (const std::string& text : texts) {
      CAPTURE(shown);
      CHECK(shown.find(text) != std::string::npos);
    }
    CHECK(narrow.find(texts.front()) == std::string::npos);
    CHECK(shown.find("…") == std::string::npos);
  };
  whole({"nodes"}, {long_name("third-"), shop.node});
  whole({"refreshers"}, {shop.refresher, shop.node, "fourth"});
  whole({"failures"}, {shop.node, shop.refresher, shop.error});
  whole({"events", "--kind", "failing"}, {shop.node + "  " + shop.error});
  whole({"list", "--count-by", "origin"}, {long_name("origin ")});
  whole({"list", "--limit", "1"}, {long_name("origin ")});
}

TEST_CASE("each command that has --wide is one whose width is held") {
  std::set<std::string> held{"tail", "status"};  // the one prints the lines of list; above
  for (const std::string& command : kTables) {
    held.insert(words_of(command).front());
  }
  for (const cli::CommandInfo* const command : all_commands()) {
    const std::vector<std::string> options = option_names(*command);
    if (std::ranges::find(options, "--wide") != options.end()) {
      CHECK_MESSAGE(held.contains(command->name()), command->name());
    }
  }
}

}  // namespace
}  // namespace crier::test
