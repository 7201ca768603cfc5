// SPDX-License-Identifier: MIT
#include "cli/cluster.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kCommands{"migrate", "list",  "show",        "tail",   "send",
                                         "replay",  "node",  "nodes",       "status", "failures",
                                         "wait",    "prune", "sql-trigger", "cache"};

std::string help_of(const std::string& command) {
  const Outcome outcome = command.empty() ? run_tool({"--help"}) : run_tool({command, "--help"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  return outcome.out;
}

// The lines below "Examples:", without "crier".
std::vector<std::string> examples(const std::string& help) {
  std::vector<std::string> lines;
  const std::size_t begin = help.find("Examples:\n");
  std::istringstream text(begin == help.npos ? "" : help.substr(begin));
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("  crier ")) {
      lines.push_back(line.substr(8));
    }
  }
  return lines;
}

// As a shell splits words, quoted or not.
Args split(const std::string& line) {
  Args words{""};
  bool quoted = false;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

// What nodes have given up: 1 to 4.
void quarantine_examples(const Database& database) {
  FailureRecord failure;
  failure.json_instruction = all_of(kProducts);
  quarantine(database, {failure, failure, failure, failure});
}

// Examples name files, so they run in a folder of their own.
class InFolder {
 public:
  explicit InFolder(const fs::path& folder) { fs::current_path(folder); }
  ~InFolder() { fs::current_path(before_); }
  InFolder(const InFolder&) = delete;
  InFolder& operator=(const InFolder&) = delete;

 private:
  const fs::path before_ = fs::current_path();
};

TEST_CASE("the help names every command, and each has a help of its own") {
  const std::string help = help_of("");
  for (const std::string& command : kCommands) {
    CAPTURE(command);
    CHECK(help.find("\n  " + command + " ") != std::string::npos);
    CHECK(help_of(command).find("Usage: crier " + command) != std::string::npos);
    CHECK(run_tool({"--help", command}).out == help_of(command));
  }
}

TEST_CASE("each command of cache has a help, too, whose examples work") {
  for (const std::string name : {"init", "get", "set", "remove", "stats", "clear"}) {
    const Outcome help = run_tool({"cache", name, "--help"});
    CAPTURE(name);
    CHECK(help.code == 0);
    CHECK(help.out.find("Usage: crier cache " + name) != std::string::npos);
    for (const std::string& line : examples(help.out)) {
      CAPTURE(line);
      const Database database;
      const InFolder inside(database.folder().path());
      std::ofstream("report.pdf") << "%PDF";
      CHECK(run_tool(split(line), "", "shop.db").code == 0);
    }
  }
}

TEST_CASE("the help shows what a user of the command asks first") {
  CHECK(help_of("nodes").find("\n  crier nodes --forget ") != std::string::npos);
  CHECK(help_of("status").find("as of its last") != std::string::npos);
  CHECK(help_of("wait").find("3 where no node is live") != std::string::npos);
  // Each takes one value, although it may be given several times.
  CHECK(help_of("sql-trigger").find("--id-column NAME ...") == std::string::npos);
  CHECK(help_of("sql-trigger").find("--id-column NAME ") != std::string::npos);
}

TEST_CASE("every example of the help works") {
  std::vector<std::string> commands = kCommands;
  commands.push_back("");
  for (const std::string& command : commands) {
    const std::vector<std::string> lines = examples(help_of(command));
    CHECK(lines.size() >= 2);
    for (const std::string& line : lines) {
      CAPTURE(line);
      const Database database;  // shop.db
      for (std::int64_t id = 1; id <= 20; ++id) {
        database.put(id, all_of(kProducts));
      }
      run_sql(database.path(),
              "CREATE TABLE products (id INTEGER PRIMARY KEY);"
              "CREATE TABLE prices (product INTEGER, shop TEXT)");
      quarantine_examples(database);
      beat(database, report_of("other", 20));  // to be waited for
      const NodeReport gone = report_of("web-1", 20);
      beat(database, gone);
      goodbye(database, gone);
      const InFolder inside(database.folder().path());
      if (line.starts_with("cache get")) {
        CHECK(database.run({"cache", "set", "greeting", "--value", "hello"}).code == 0);
      }
      std::ofstream("report.pdf") << "%PDF";
      std::ofstream("change.json") << "{\"sku\":\"A-1\"}\n";
      const Args args = split(line);
      if (args.front() != "tail" && args.front() != "node") {
        CHECK(run_tool(args, "", "shop.db").code == 0);
        continue;
      }
      RunningTool tool(args, "shop.db");
      if (args.front() == "node") {
        CHECK(tool.says("following"));
        database.put(21, all_of(kProducts));
        CHECK(tool.prints("21"));
      }
      CHECK(tool.stop().code == 0);
    }
  }
}

}  // namespace
}  // namespace crier::test
