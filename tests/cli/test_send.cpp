// SPDX-License-Identifier: MIT
#include "cli/database.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace crier::test {
namespace {

const std::string kNoGuid = " is not a GUID such as 7c9e6679-7425-40de-944b-e07fc1f90ae7\n";

// The instructions of an entry, as `show --json` has them.
std::string instructions(const Database& database, const std::string& id) {
  const std::string json = database.run({"show", id, "--json"}).out;
  const std::string field = "\"instructions\":";
  const std::size_t at = json.find(field);
  return at == json.npos ? json
                         : json.substr(at + field.size(), json.size() - at - field.size() - 2);
}

std::string object(const std::string& rest) {
  return "{\"refresher\":\"" + kProducts + "\",\"type\":" + rest + "}";
}

TEST_CASE("send --all publishes one refresh_all, and prints the new id") {
  const Database database;
  const Outcome sent = database.run({"send", "--refresher", kProducts, "--all"});
  CHECK(sent.code == 0);
  CHECK(sent.err.empty());
  CHECK(sent.out.starts_with("1-"));
  CHECK(sent.out.size() == std::string("1-0c7f3a\n").size());
  const std::string json = database.run({"send", "--refresher", kProducts, "--all", "--json"}).out;
  CHECK(json.starts_with("{\"id\":2,\"token\":\"2-"));
  // It is taken where ids are, and told from another log's.
  std::string id = sent.out.substr(0, sent.out.size() - 1);
  CHECK(database.run({"show", id}).code == 0);
  CHECK(database.run({"list", "--after", id}).out.find("\n2 ") != std::string::npos);
  id.back() = id.back() == '0' ? '1' : '0';
  for (const Args& args : {Args{"show", id}, Args{"list", "--after", id}, Args{"replay", id}}) {
    const Outcome other = database.run(args);
    CHECK(other.code == 1);
    CHECK(other.err.starts_with("crier: entry " + id + " is not in this log, which holds another"));
  }
  const Outcome wait = database.run({"wait", id, "--timeout", "1h"});
  CHECK(wait.code == 3);
  CHECK(wait.err.starts_with("crier: entry " + id + " is not in this log, which holds another"));
  CHECK(instructions(database, "1") == "[" + object("\"refresh_all\"") + "]");
}

TEST_CASE("send --id publishes one instruction for all ids") {
  const Database database;
  CHECK(database.run({"send", "--refresher", kProducts, "--id", "1", "-2", "--id", "3"}).code == 0);
  CHECK(instructions(database, "1") == "[" + object("\"refresh_by_ids\",\"ids\":[1,-2,3]") + "]");
  CHECK(query(database.path(), "SELECT instructionCount FROM crierCacheInstruction") == "3");
}

TEST_CASE("send --guid publishes one instruction for each GUID") {
  const Database database;
  CHECK(database.run({"send", "--refresher", kProducts, "--guid", kOrders, kProducts})
            .out.starts_with("1-"));
  CHECK(instructions(database, "1") ==
        "[" + object("\"refresh_by_guid\",\"guid\":\"" + kOrders + "\"") + "," +
            object("\"refresh_by_guid\",\"guid\":\"" + kProducts + "\"") + "]");
}

TEST_CASE("send --remove publishes one instruction for each id") {
  const Database database;
  CHECK(
      database.run({"send", "--refresher", kProducts, "--remove", "4", "5"}).out.starts_with("1-"));
  CHECK(instructions(database, "1") == "[" + object("\"remove_by_id\",\"id\":4") + "," +
                                           object("\"remove_by_id\",\"id\":5") + "]");
}

TEST_CASE("send --payload publishes JSON as it is given") {
  const Database database;
  const Args payload{"send", "--refresher", kProducts, "--payload"};
  const auto send = [&](const std::string& source, const std::string& input = "") {
    Args args = payload;
    args.push_back(source);
    return database.run(args, input);
  };
  const auto published = [&](const std::string& id) {
    return query(database.path(),
                 "SELECT json_extract(jsonInstruction, '$[0].JsonPayload') FROM "
                 "crierCacheInstruction WHERE id = " +
                     id);
  };
  const std::string path = database.folder() / "change.json";
  std::ofstream(path) << "{\"from\":\"file\"}\n";
  CHECK(send("{\"sku\": \"A-1\"}").out.starts_with("1-"));
  CHECK(send("@" + path).out.starts_with("2-"));
  CHECK(send("-", "{\"from\":\"input\"}\n").out.starts_with("3-"));
  CHECK(published("1") == "{\"sku\": \"A-1\"}");
  CHECK(published("2") == "{\"from\":\"file\"}");
  CHECK(published("3") == "{\"from\":\"input\"}");
  SUBCASE("also where CLI11 would see more in it") {
    int id = 4;
    for (const char* json : {"{}", "[1,2]", "[]", "-1", "\"a b\"", "null", "[\"{}\"]"}) {
      CHECK(send(json).out.starts_with(std::to_string(id) + "-"));
      CHECK(published(std::to_string(id)) == json);
      ++id;
    }
  }
}

TEST_CASE("send writes as a process of its own, named crier") {
  const Database database;
  database.run({"send", "--refresher", kProducts, "--all"});
  const std::string origin = query(database.path(), "SELECT originated FROM crierCacheInstruction");
  CHECK(origin.find("/crier [P") != std::string::npos);
}

TEST_CASE("send prints an id for each entry it needs") {
  const Database database;
  Args args{"send", "--refresher", kProducts, "--json", "--remove"};
  for (int id = 0; id < 2001; ++id) {
    args.push_back(std::to_string(id));
  }
  const std::string out = database.run(args).out;
  CHECK(std::ranges::count(out, '\n') == 3);
  for (const char* line : {"{\"id\":1,\"token\":\"1-", "{\"id\":2,", "{\"id\":3,"}) {
    CHECK(out.find(line) != std::string::npos);
  }
}

TEST_CASE("what can't be sent is a usage error, and nothing is written") {
  const Database database;
  const auto refused = [&](Args args, const std::string& sentence) {
    args.insert(args.begin(), "send");
    CHECK(database.run(args) == Outcome{2, "", "crier: " + sentence});
    CHECK(database.rows() == "0");
  };
  const std::string one_of = "give exactly one of --all, --id, --guid, --remove and --payload\n";
  refused({"--refresher", kProducts}, one_of);
  refused({"--refresher", kProducts, "--all", "--id", "1"}, one_of);
  refused({"--refresher", kProducts, "--payload", "{}", "--remove", "1"}, one_of);
  refused({"--all"}, "--refresher is required; see crier send --help\n");
  refused({"--refresher", "shop", "--all"},
          "--refresher: \"shop\" is no refresher that a node has, and" +
              kNoGuid.substr(3, kNoGuid.size() - 4) + "; see crier refreshers\n");
  refused({"--refresher", "00000000-0000-0000-0000-000000000000", "--all"},
          "--refresher: this GUID is empty, and no refresher can bear it\n");
  refused({"--refresher", kProducts, "--id", "1", "two"},
          "--id: \"two\" is not a whole number of 64 bits\n");
  refused({"--refresher", kProducts, "--remove", "9223372036854775808"},
          "--remove: \"9223372036854775808\" is not a whole number of 64 bits\n");
  refused({"--refresher", kProducts, "--guid", kOrders, "1"}, "--guid: \"1\"" + kNoGuid);
  refused({"--refresher", kProducts, "--payload", "{\"a\":"},
          "--payload: this is not a JSON document in UTF-8; nothing was written\n");
  refused({"--refresher", kProducts, "--payload", "-"},
          "--payload: this is not a JSON document in UTF-8; nothing was written\n");
}

}  // namespace
}  // namespace crier::test
