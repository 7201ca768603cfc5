// SPDX-License-Identifier: MIT
#include <crier/audit.hpp>
#include <crier/node.hpp>

#include "cli/cluster.hpp"
#include "cli/console.hpp"
#include "cli/tree.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

std::string help_of(const Args& command) {
  Args args = command;
  args.push_back("--help");
  const Outcome outcome = run_tool(args);
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  return outcome.out;
}

// The lines below "Examples:", without "crier". One that ends with a backslash goes on.
std::vector<std::string> examples(const std::string& help) {
  std::vector<std::string> lines;
  const std::size_t begin = help.find("Examples:\n");
  std::istringstream text(begin == help.npos ? "" : help.substr(begin));
  bool goes_on = false;
  for (std::string line; std::getline(text, line);) {
    if (goes_on) {
      lines.back().pop_back();
      lines.back() += line.substr(line.find_first_not_of(' '));
    } else if (line.starts_with("  crier ")) {
      lines.push_back(line.substr(8));
    }
    goes_on = line.ends_with('\\');
  }
  return lines;
}

Args without_crier(Args lines) {
  for (std::string& line : lines) {
    line.erase(0, std::string("crier ").size());
  }
  return lines;
}

// A port that stands in an example may be somebody's.
[[maybe_unused]] Args at_free_port(Args args) {
  const auto listen = std::ranges::find(args, "--listen");
  if (listen == args.end()) {
    args.insert(args.end(), {"--listen", "0"});
  } else {
    std::string& address = *(listen + 1);
    address = address.find('.') == address.npos ? "0" : address + ":0";
  }
  return args;
}

// What nodes have given up: 1 to 4.
void quarantine_examples(const Database& database) {
  FailureRecord failure;
  failure.json_instruction = all_of(kProducts);
  quarantine(database, {failure, failure, failure, failure});
}

// Two nodes that hold the same.
struct Audited {
  Audited() {
    for (const char* const name : {"web-3", "web-4"}) {
      Options options;
      options.store = "shop.db";
      options.node_name = name;
      options.log = [](LogLevel, std::string_view) {};
      options.audit = {{"products", [](AuditSample& sample) { sample.add("1", "7"); }}};
      nodes.push_back(std::make_unique<Node>(std::move(options), Registry()));
      nodes.back()->start();
    }
  }
  std::vector<std::unique_ptr<Node>> nodes;
};

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

TEST_CASE("the help shows what a user of the command asks first") {
  CHECK(help_of({"nodes"}).find("\n  crier nodes --forget ") != std::string::npos);
  CHECK(one_line(help_of({"status"})).find("as of its last beat") != std::string::npos);
  CHECK(one_line(help_of({"wait"})).find("3 if no node is live") != std::string::npos);
  // Each takes one value, although it may be given several times.
  CHECK(help_of({"sql-trigger"}).find("--id-column NAME ...") == std::string::npos);
  CHECK(help_of({"sql-trigger"}).find("--id-column NAME ") != std::string::npos);
}

TEST_CASE("every example of the help works") {
  for (const cli::CommandInfo* info : all_commands()) {
    const Args command(info->path.begin() + 1, info->path.end());
    const std::vector<std::string> lines = examples(help_of(command));
    CHECK(lines == without_crier(info->examples));
    CHECK((lines.size() >= 2 || command.size() > 1));
    if (info->name() == "grants" || info->name() == "top") {
      continue;  // a file has no roles: see test_grants.cpp; for a terminal see tests/shells
    }
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
      const NodeReport live = report_of("web-2", 20);  // to be waited for
      beat(database, live);
      const NodeReport gone = report_of("web-1", 20);
      beat(database, gone);
      goodbye(database, gone);
      const InFolder inside(database.folder().path());
      if (line.starts_with("cache get")) {
        CHECK(database.run({"cache", "set", "greeting", "--value", "hello"}).code == 0);
      }
      std::ofstream("report.pdf") << "%PDF";
      std::ofstream("triggers.txt") << "products " << kProducts << '\n';
      std::ofstream("change.json") << "{\"sku\":\"A-1\"}\n";
      const Args args = shell_words(line.substr(0, line.find(" > ")));
      if (args.front() == "resync" || args.front() == "pause" || args.front() == "resume" ||
          args.back() == "--wait") {  // by a node that answers
        goodbye(database, live);
        RunningTool node({"node", "--name", "web-1"}, "shop.db");
        CHECK(node.says("following"));
        if (args.front() == "resume") {
          CHECK(run_tool({"pause", "web-1"}, "", "shop.db").code == 0);
        }
        CHECK(run_tool(args, "", "shop.db").code == 0);
        continue;
      }
      if (args.front() == "audit") {
        goodbye(database, live);
        run_sql(database.path(),
                "ALTER TABLE products ADD COLUMN version INTEGER; "
                "INSERT INTO products VALUES (1, 7)");
        const Audited audited;
        CHECK(run_tool(args, "", "shop.db").code == 0);
        continue;
      }
      if (args.front() == "serve") {
#ifdef CRIER_HAS_SERVE
        std::ofstream("tokens") << std::string(32, 't') << '\n';
        fs::permissions("tokens", fs::perms::owner_read);
        RunningTool server(at_free_port(args), "shop.db");
        CHECK(server.prints("http://"));
        CHECK(server.stop().code == 0);
#endif
        continue;
      }
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
