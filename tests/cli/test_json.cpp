// SPDX-License-Identifier: MIT
// That docs/json.schema.json says what --json prints. run_tool() holds every line to it that any
// test has the tool print; here each command prints all that it can.
#include <crier/admin/history.hpp>
#include <crier/audit.hpp>
#include <crier/node.hpp>

#include "cli/cluster.hpp"
#include "cli/json_schema.hpp"
#include "cli/tree.hpp"
#ifdef CRIER_HAS_POSTGRES
#include "support/raw_postgres.hpp"
#endif

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using Json = nlohmann::ordered_json;
using Names = std::set<std::string>;
using namespace std::chrono_literals;

// These print no JSON, whatever they are told.
const Names kSilent{"crier-help", "crier-top", "crier-completion", "crier-cache-set",
                    "crier-cache-remove"};

std::string listed(const Names& names) {
  std::string text;
  for (const std::string& name : names) {
    text += name + ' ';
  }
  return text;
}

// Of all objects in it, the objects within them included.
void collect_members(const Json& value, Names& names) {
  if (!value.is_structured()) {
    return;
  }
  for (const auto& [name, inner] : value.items()) {
    if (value.is_object()) {
      names.insert(name);
    }
    collect_members(inner, names);
  }
}

void collect_members_of_schema(const Json& schema, Names& names) {
  const Json& all = resolved(schema);
  for (const char* const several : {"oneOf", "anyOf", "allOf"}) {
    for (const Json& one : all.value(several, Json::array())) {
      collect_members_of_schema(one, names);
    }
  }
  const Json properties = all.value("properties", Json::object());
  for (const auto& [name, inner] : properties.items()) {
    names.insert(name);
    collect_members_of_schema(inner, names);
  }
  if (all.contains("items")) {
    collect_members_of_schema(all["items"], names);
  }
}

// An entry that holds an instruction of each type, one that can't be read, and a chain.
std::string every_instruction() {
  const std::string whom = R"("RefresherId":")" + kProducts + "\"";
  return R"([{"RefreshType":0,)" + whom + R"(,"CrierChain":")" + kOrders +
         R"("},{"RefreshType":1,)" + whom + R"(,"GuidId":")" + kOrders + R"("},{"RefreshType":2,)" +
         whom + R"(,"IntId":42},{"RefreshType":3,)" + whom +
         R"(,"JsonIds":"[1,2]"},{"RefreshType":4,)" + whom + R"(,"JsonPayload":"[42]"},)" +
         R"({"RefreshType":5,)" + whom + R"(,"IntId":7},{"RefreshType":77,)" + whom + "}]";
}

FailureRecord given_up(std::size_t index, const std::string& json) {
  FailureRecord failure;
  failure.entry = EntryId{13};
  failure.index = index;
  failure.refresher = *Guid::parse(kProducts);
  failure.json_instruction = json;
  return failure;
}

// Something of everything: web-1 leads, is in trouble and paused, web-2 has stopped, web-3 is
// stale.
struct Situation : Healthy {
  Situation() {
    database.put(13, every_instruction());
    leader.troubles = {"it hangs"};
    leader.last_error = "it threw";
    declare(database, leader, {{kProducts, "Products"}, {"", "fallback"}});
    const NodeReport gone = report_of("web-2"), silent = report_of("web-3");
    beat(database, gone);
    goodbye(database, gone);
    beat(database, silent);
    pass(database, 4h);
    beat(database, leader);
    send_canary(database, leader);
    const auto one = [](const std::string& type, const std::string& more) {
      return "[{\"RefreshType\":" + type + ",\"RefresherId\":\"" + kProducts + "\"," + more + "}]";
    };
    quarantine(database,
               {given_up(0, all_of(kProducts)), given_up(1, all_of(kProducts)),
                given_up(2, one("1", "\"GuidId\":\"" + kOrders + "\"")),
                given_up(3, one("2", "\"IntId\":1")), given_up(4, ids_of(kProducts, "[1]")),
                given_up(5, one("4", "\"JsonPayload\":\"{}\"")), given_up(6, "")});
    run_sql(database.path(), "CREATE TABLE products (id INTEGER PRIMARY KEY)");
    EventRecord joined;
    joined.kind = "joined";
    joined.node = "web-1";
    const auto store = open_store(database.url());
    const auto connection = store->connect(Access::read_write);
    connection->history().record({&joined, 1});
    REQUIRE(connection->nodes().pause("web-1", 1h, "alice") == 1);
    REQUIRE(database.run({"cache", "set", "greeting", "--value", "hello"}).code == 0);
    REQUIRE(database.run({"cache", "set", "picture"}, "\xff\xd8").code == 0);
  }
};

// Command lines that together print all that a command may print, run one after the other.
const std::map<std::string, std::vector<std::string>> kRuns = {
    {"crier-status", {"status", "status --node web-2"}},
    {"crier-nodes", {"nodes", "nodes --forget web-2"}},
    {"crier-refreshers", {"refreshers --all"}},
    {"crier-list",
     {"list", "list --count-by origin", "list --count-by refresher", "list --count-by minute"}},
    {"crier-show", {"show 13", "show 1"}},
    {"crier-tail", {"tail --from-start"}},
    {"crier-explain",
     {"explain " + kProducts + " 42", "explain " + kProducts + " 1",
      "explain " + kProducts + ' ' + kOrders}},
    {"crier-events", {"events"}},
    {"crier-wait", {"wait newest --timeout 1ms"}},
    {"crier-doctor", {"doctor"}},
    {"crier-metrics", {"metrics"}},
    {"crier-serve", {"serve --listen 0"}},
    {"crier-audit", {"audit --node twin --timeout 1m --again 1ms"}},
    {"crier-send", {"send --force --refresher " + kProducts + " --all"}},
    {"crier-sql-trigger", {"sql-trigger --table products --refresher " + kProducts}},
    {"crier-migrate", {"--store new.db migrate --dry-run", "migrate --repair"}},
    {"crier-cache-init",
     {"--store new.db migrate --dry-run", "--store new.db cache init", "migrate --repair"}},
    {"crier-cache-get", {"cache get greeting", "cache get picture"}},
    {"crier-cache-list", {"cache list"}},
    {"crier-cache-stats", {"cache stats"}},
    {"crier-cache-clear", {"cache clear"}},
    {"crier-failures",
     {"failures", "failures --retry 1 --wait --timeout 1ms", "failures --dismiss 2"}},
    {"crier-replay", {"replay 1", "replay 1 --dry-run"}},
    {"crier-resync", {"resync --all --timeout 1ms"}},
    {"crier-pause", {"pause web-1 --timeout 1ms"}},
    {"crier-resume", {"resume --all --timeout 1ms"}},
    {"crier-prune", {"prune --older-than 1d --dry-run"}},
    {"crier-node", {"node --name web-4 --durable"}},
    {"crier-version", {"version"}},
};

Args words_of(const std::string& line, const Database& database) {
  Args words;
  std::istringstream text(line);
  for (std::string word; text >> word;) {
    words.push_back(word == "new.db" ? std::string(database.folder() / word) : word);
  }
  words.emplace_back("--json");
  return words;
}

// Two nodes of one name, whose caches differ.
std::vector<std::unique_ptr<Node>> differing_nodes(const Database& database) {
  std::vector<std::unique_ptr<Node>> nodes;
  for (const char* const version : {"1", "2"}) {
    Options options;
    options.store = database.url();
    options.node_name = "twin";
    options.log = [](LogLevel, std::string_view) {};
    options.audit = {{"products", [version](AuditSample& sample) { sample.add("42", version); }}};
    nodes.push_back(std::make_unique<Node>(std::move(options), Registry()));
    nodes.back()->start();
  }
  return nodes;
}

// Until the entry that comes while it runs is printed.
std::string run_until_printed(const Args& args, const Database& database) {
  RunningTool tool(args, database.url());
  if (args.front() == "serve") {
    CHECK(tool.prints("http://"));
    return tool.stop().out;
  }
  REQUIRE((args.front() == "tail" || tool.says("following")));
  const std::int64_t id = std::stoll(database.rows()) + 1;
  database.put(id, every_instruction());
  CHECK(tool.prints(kOrders));
  CHECK(tool.prints("remove_by_id"));
  return tool.stop().out;
}

TEST_CASE("docs/json.schema.json has a definition for each command, and for no other") {
  Names commands, defined;
  for (const cli::CommandInfo* const command : all_commands()) {
    const std::string name = command->full_name('-');
    if (command->path.size() > 1 && !command->needs_command && !kSilent.contains(name)) {
      commands.insert(name);
    }
  }
  for (const auto& [name, schema] : json_schema()["definitions"].items()) {
    if (name.starts_with("crier-")) {
      defined.insert(name);
    }
  }
  CHECK(listed(defined) == listed(commands));
}

TEST_CASE("each member that the schema has is printed by its command, and no other") {
  for (const auto& run : kRuns) {
    const std::string& definition = run.first;
    CAPTURE(definition);
#ifndef CRIER_HAS_SERVE
    if (definition == "crier-serve") {
      continue;
    }
#endif
    const Situation situation;
    const Database& database = situation.database;
    if (definition == "crier-migrate" || definition == "crier-cache-init") {
      run_sql(database.path(), "DROP TABLE crierCanary");
    }
    std::vector<std::unique_ptr<Node>> nodes;
    if (definition == "crier-audit") {
      nodes = differing_nodes(database);
    }
    Names printed, expected;
    for (const std::string& line : run.second) {
      CAPTURE(line);
      const Args args = words_of(line, database);
      const bool lasts =
          args.front() == "tail" || args.front() == "node" || args.front() == "serve";
      const std::string out = lasts ? run_until_printed(args, database) : database.run(args).out;
      CHECK_FALSE(out.empty());
      CHECK(json_faults(definition, out) == "");
      std::istringstream text(out);
      for (std::string one; std::getline(text, one);) {
        collect_members(Json::parse(one), printed);
      }
    }
    collect_members_of_schema(json_schema()["definitions"].at(definition), expected);
    CHECK(listed(printed) == listed(expected));
  }
}

TEST_CASE("each command but grants is run for its schema") {
  Names run{"crier-grants"};
  for (const auto& [definition, lines] : kRuns) {
    run.insert(definition);
  }
  for (const auto& one : json_schema()["definitions"].items()) {
    const std::string& name = one.key();
    CAPTURE(name);
    CHECK((!name.starts_with("crier-") || run.contains(name)));
  }
}

#ifdef CRIER_HAS_POSTGRES
TEST_CASE("postgres: grants prints what its schema says") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  REQUIRE(run_tool({"migrate", "--json"}, "", space.url()).code == 0);
  const Outcome outcome =
      run_tool({"grants", "--role", "public=reader", "--json"}, "", space.url());
  CHECK(json_faults("crier-grants", outcome.out) == "");
  CHECK(outcome.out.starts_with("{\"sql\":"));
}
#endif

TEST_CASE("what could not look is as its schema says, too") {
  for (const Args& args : {Args{"status", "--json"}, Args{"doctor", "--json"}}) {
    const Outcome outcome = run_tool(args, "", "/no/such/x.db");
    CHECK(outcome.code == 4);
    CHECK(printed_faults(args, outcome.out) == "");
    CHECK_FALSE(outcome.out.empty());
  }
}

TEST_CASE("the check of what --json prints can fail") {
  const Args args{"--json", "cache", "list"};
  CHECK(printed_faults(args, "{\"key\":\"a\"}\n") == "");
  CHECK(printed_faults(args, "{\"key\":\"a\",\"value\":1}\n") != "");
  CHECK(printed_faults(args, "{}\n") != "");
  CHECK(printed_faults(args, "{\"key\":null}\n") != "");
  CHECK(printed_faults(args, "{\"key\":\"a\"}\n{\"key\":1}\n") != "");
  CHECK(printed_faults(args, "a\n") != "");
  CHECK(printed_faults({"list", "--count-by", "minute", "--json"}, "{\"key\":\"a\"}\n") != "");
  CHECK(json_faults("crier-no-such", "{}\n") != "");
  CHECK(printed_faults({"version", "--json"}, "{\"version\":7}\n") != "");
  // Text for people may be anything.
  CHECK(printed_faults({"cache", "list"}, "a\n") == "");
}

TEST_CASE("an id has all its digits, also beyond those that JavaScript holds") {
  const Database database;
  database.put(9007199254740993, all_of(kProducts));
  CHECK(database.run({"list", "--json"}).out.starts_with("{\"id\":9007199254740993,"));
  const Outcome sent =
      database.run({"send", "--force", "--refresher", kProducts, "--all", "--json"});
  CHECK(sent.out.starts_with("{\"id\":9007199254740994,\"token\":\"9007199254740994-"));
}

}  // namespace
}  // namespace crier::test
