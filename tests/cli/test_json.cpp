// SPDX-License-Identifier: MIT
// That docs/json.md says what --json prints.
#include "cli/cluster.hpp"
#include "json.hpp"
#include "support/contents.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <sstream>
#include <string>

namespace crier::test {
namespace {

using cli::Json;
using namespace std::chrono_literals;

// What the page says of a command: an example, and which members may be null.
struct Promise {
  Json example;
  std::set<std::string> nullable;
};

Promise promise_of(const std::string& command) {
  const std::string page = contents(source_file("docs/json.md"));
  const std::size_t begin = page.find("\n## " + command + "\n");
  REQUIRE(begin != std::string::npos);
  const std::string section = page.substr(begin, page.find("\n## ", begin + 1) - begin);
  const std::size_t json = section.find("```json\n") + 8;
  Promise promise{Json::parse(section.substr(json, section.find("\n```", json) - json)), {}};
  if (const std::size_t nulls = section.find("\nNull: "); nulls != std::string::npos) {
    std::istringstream names(section.substr(nulls + 7, section.find('\n', nulls + 1) - nulls - 7));
    for (std::string name; names >> name;) {
      promise.nullable.insert(name.substr(0, name.find(',')));
    }
  }
  return promise;
}

void compare(const Json& said, const Json& example, const Promise& promise) {
  if (said.is_object()) {
    std::vector<std::string> names, expected;
    for (const auto& member : said.items()) {
      names.push_back(member.key());
    }
    for (const auto& member : example.items()) {
      expected.push_back(member.key());
    }
    CHECK(names == expected);
    for (const std::string& name : expected) {
      CAPTURE(name);
      if (const Json& value = said[name]; !value.is_null()) {
        CHECK(value.is_number() == example[name].is_number());
        CHECK((value.is_number() || value.type() == example[name].type()));
        compare(value, example[name], promise);
      } else {
        CHECK(promise.nullable.contains(name));
      }
    }
  } else if (said.is_array()) {
    for (const Json& one : said) {
      compare(one, example.front(), promise);
    }
  }
}

// Each line that the command prints, which are to be some.
void keeps(const std::string& command, const std::string& out) {
  CAPTURE(command);
  const Promise promise = promise_of(command);
  std::istringstream lines(out);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    CAPTURE(line);
    compare(Json::parse(line), promise.example, promise);
  }
  CHECK(count > 0);
}

TEST_CASE("docs/json.md holds for status: well, not well, and if it could not look") {
  const Healthy healthy;
  keeps("crier status", healthy.status({"--json"}).out);
  send_canary(healthy.database, healthy.leader);
  quarantine(healthy.database, {FailureRecord()});
  beat(healthy.database, report_of("web-2"));
  beat(healthy.database, report_of("web-2"));
  pass(healthy.database, 4h);
  keeps("crier status", healthy.status({"--json"}).out);
  keeps("crier status", Database().run({"status", "--json"}).out);
  keeps("crier status", run_tool({"status", "--json"}, "", "/no/such/x.db").out);
}

TEST_CASE("docs/json.md names each code of a problem and of a warning") {
  const std::string page = contents(source_file("docs/json.md"));
  std::set<std::string> named;
  for (const char* file :
       {"cli/findings.cpp", "cli/node_findings.cpp", "src/store/postgres/session_schema.cpp"}) {
    const std::string text = contents(source_file(file));
    // A code is what a word with a hyphen in quotes is there.
    for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 1)) {
      const std::size_t end = text.find('"', at + 1);
      const std::string word = text.substr(at + 1, end - at - 1);
      const bool code = word.find('-') != std::string::npos && !word.starts_with('-') &&
                        word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos;
      if (code) {
        named.insert(word);
        CAPTURE(word);
        CHECK(page.find('`' + word + '`') != std::string::npos);
      }
      at = end;
    }
  }
  CHECK(named.size() > 15);
}

TEST_CASE("docs/json.md holds for the doctor, also if it could not look") {
  keeps("crier doctor", Database().run({"doctor", "--json"}).out);
  keeps("crier doctor", run_tool({"doctor", "--json"}, "", "/no/such/x.db").out);
}

TEST_CASE("docs/json.md names each check of the doctor's") {
  const std::string page = contents(source_file("docs/json.md"));
  const std::string section = page.substr(page.find("\n## crier doctor\n"));
  std::istringstream lines(Database().run({"doctor", "--json"}).out);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(section.substr(0, section.find("\n## ", 1))
              .find('`' + Json::parse(line)["check"].get<std::string>() + '`') !=
          std::string::npos);
  }
}

TEST_CASE("docs/json.md holds for nodes") {
  const Database database;
  NodeReport node = report_of("web-1", 9), gone = report_of("web-2");
  node.troubles = {"it hangs"};
  node.last_error = "it threw";
  beat(database, node);
  beat(database, gone);
  goodbye(database, gone);
  keeps("crier nodes", database.run({"nodes", "--json"}).out);
}

TEST_CASE("docs/json.md holds for refreshers, events and counts") {
  const Database database;
  const NodeReport node = report_of("web-1");
  beat(database, node);
  const std::vector<RefresherRecord> both{{.refresher = Guid::random(), .name = "Products"},
                                          {.refresher = Guid(), .name = "fallback"}};
  EventRecord joined;
  joined.kind = "joined";
  joined.node = "web-1";
  joined.incarnation = node.incarnation;
  const auto store = open_store(database.url());
  const auto connection = store->connect(Access::read_write);
  connection->history().declare(node, both);
  connection->history().record({&joined, 1});
  database.put(1, all_of(kProducts));
  keeps("crier refreshers", database.run({"refreshers", "--json"}).out);
  keeps("crier events", database.run({"events", "--json"}).out);
  keeps("crier metrics", database.run({"metrics", "--json"}).out);
  keeps("crier list --count-by refresher",
        database.run({"list", "--count-by", "refresher", "--json"}).out);
}

TEST_CASE("docs/json.md holds for the version") {
  keeps("crier version", run_tool({"version", "--json"}).out);
}

}  // namespace
}  // namespace crier::test
