// SPDX-License-Identifier: MIT
#include "cli/database.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace crier::test {
namespace {

// As with the tool's standard output on a terminal.
std::string on_a_terminal(const Database& database, const Args& args) {
  std::istringstream in;
  std::ostringstream out, err;
  cli::Interrupt interrupt;
  cli::run(args, {in, out, err}, {.store = database.url(), .terminal = true}, interrupt);
  return out.str();
}

std::string expiry_of(const Database& database, const std::string& key) {
  return query(database.path(),
               "SELECT ifnull(round((expiresMs - (julianday('now') - 2440587.5) * 86400000) / "
               "60000.0) || '', 'never') FROM crierCache WHERE key = '" +
                   key + "'");
}

TEST_CASE("cache set and get carry bytes as they are") {
  const Database database;
  const std::string bytes("a\0\xff\n\n", 5);
  CHECK(database.run({"cache", "set", "input"}, bytes) == Outcome{0, "", ""});
  CHECK(database.run({"cache", "get", "input"}) == Outcome{0, bytes, ""});
  CHECK(database.run({"cache", "set", "input", "--value", "-"}, "two\n").code == 0);
  CHECK(database.run({"cache", "get", "input"}).out == "two\n");

  const std::string path = database.folder() / "value";
  std::ofstream(path, std::ios::binary) << bytes;
  CHECK(database.run({"cache", "set", "file", "--value", "@" + path}).code == 0);
  CHECK(database.run({"cache", "get", "file"}).out == bytes);
  CHECK(database.run({"cache", "set", "empty"}, "").code == 0);
  CHECK(database.run({"cache", "get", "empty"}) == Outcome{0, "", ""});
  for (const char* text : {"{}", "[1,2]", "[]", "-1", "a b", "--"}) {
    CHECK(database.run({"cache", "set", "text", std::string("--value=") + text}).code == 0);
    CHECK(database.run({"cache", "get", "text"}).out == text);
  }
}

TEST_CASE("cache get on a terminal, and as JSON, prints what it may") {
  const Database database;
  database.run({"cache", "set", "a"}, "x\x1b[2J\n");
  CHECK(on_a_terminal(database, {"cache", "get", "a"}).find('\x1b') == std::string::npos);
  CHECK(database.run({"cache", "get", "a", "--json"}).out ==
        "{\"key\":\"a\",\"bytes\":6,\"value\":\"x\\u001b[2J\\n\"}\n");
  for (const auto& [bytes, base64] :
       {std::pair("\xff", "/w=="), std::pair("\xff\xfe", "//4="), std::pair("\xff\xfe\xfd", "//79"),
        std::pair("\xff\xfe\xfd\x01", "//79AQ==")}) {
    database.run({"cache", "set", "b"}, bytes);
    CHECK(database.run({"cache", "get", "b", "--json"}).out ==
          "{\"key\":\"b\",\"bytes\":" + std::to_string(std::string(bytes).size()) +
              ",\"base64\":\"" + base64 + "\"}\n");
  }
}

TEST_CASE("cache get of a key that is not there exits 3") {
  const Database database;
  CHECK(database.run({"cache", "get", "a"}) ==
        Outcome{3, "", "crier: there is no \"a\" in this cache\n"});
  database.run({"cache", "set", "a", "--value", "1"});
  run_sql(database.path(), "UPDATE crierCache SET expiresMs = 1");
  CHECK(database.run({"cache", "get", "a", "--json"}).code == 3);
}

TEST_CASE("cache set takes each kind of expiry") {
  const Database database;
  const auto expiry = [&](Args more) {
    Args args{"cache", "set", "a", "--value", "x"};
    args.insert(args.end(), more.begin(), more.end());
    const Outcome outcome = database.run(args);
    return outcome.code == 0 ? expiry_of(database, "a") : outcome.err;
  };
  CHECK(expiry({}) == "20.0");
  CHECK(expiry({"--after", "5m"}) == "5.0");
  CHECK(expiry({"--sliding", "1h"}) == "60.0");
  CHECK(expiry({"--sliding", "1h", "--after", "30m"}) == "30.0");
  CHECK(expiry({"--at", "2999-01-01", "--after", "3m"}) == "3.0");
  CHECK(expiry({"--forever"}) == "never");
  CHECK(expiry({"--at", "2026-11-21 10:20:30.5"}) ==
        "crier: the time at which the entry is to expire has passed already\n");
  CHECK(expiry({"--at", "2100-01-02T03:04:05.67Z", "--json"}) != "");
  CHECK(query(database.path(), "SELECT expiresMs FROM crierCache") == "4102542245670");
  CHECK(expiry({"--forever", "--after", "1m"}) ==
        "crier: --forever excludes --after, --at and --sliding\n");
  CHECK(expiry({"--after", "0s"}) ==
        "crier: the time after which an entry is to expire is not above 0\n");
  CHECK(expiry({"--sliding", "0s"}) == "crier: the sliding time of an entry is not above 0\n");
  CHECK(expiry({"--after", "soon"}).starts_with("crier: --after: \"soon\" is not a duration"));
  CHECK(expiry({"--at", "soon"}).starts_with("crier: --at: \"soon\" is not a time such as"));
}

TEST_CASE("cache remove takes several keys, and does not mind one that is not there") {
  const Database database;
  database.run({"cache", "set", "a", "--value", "1"});
  database.run({"cache", "set", "b", "--value", "2"});
  CHECK(database.run({"cache", "remove", "a", "none", "b"}) == Outcome{0, "", ""});
  CHECK(database.run({"cache", "get", "a"}).code == 3);
  CHECK(database.run({"cache", "get", "b"}).code == 3);
}

TEST_CASE("cache stats counts, and cache clear removes") {
  const Database database;
  database.run({"cache", "set", "a", "--value", "123"});
  database.run({"cache", "set", "b", "--value", "12345", "--forever"});
  database.run({"cache", "remove", "c"});
  CHECK(database.run({"cache", "stats"}) == Outcome{0,
                                                    "entries      2\nbytes        8\n"
                                                    "largest      5\nsliding      1\n"
                                                    "without end  1\ngone         1\n",
                                                    ""});
  CHECK(database.run({"cache", "stats", "--json"}).out ==
        "{\"entries\":2,\"bytes\":8,\"largest\":5,\"sliding\":1,\"withoutEnd\":1,\"gone\":1}\n");
  CHECK(database.run({"cache", "clear"}) == Outcome{0, "removed 2 entries\n", ""});
  CHECK(database.run({"cache", "get", "b"}).code == 3);
  CHECK(database.run({"cache", "clear", "--json"}).out == "{\"entries\":0}\n");
}

TEST_CASE("cache list prints keys, and cache clear those that are named") {
  const Database database;
  for (const char* key : {"a%1", "a%2", "ab", "c\x1b"}) {
    database.run({"cache", "set", key, "--value", "x"});
  }
  CHECK(database.run({"cache", "list", "--prefix", "a%"}) == Outcome{0, "a%1\na%2\n", ""});
  CHECK(database.run({"cache", "list", "--json", "--prefix", "ab"}).out == "{\"key\":\"ab\"}\n");
  CHECK(database.run({"cache", "list"}).out.find('\x1b') == std::string::npos);
  CHECK(database.run({"cache", "list", "--limit", "2"}) ==
        Outcome{0, "a%1\na%2\n",
                "crier: there are more: raise --limit, or name a longer --prefix\n"});
  CHECK(database.run({"cache", "list", "--limit", "x"}).code == 2);
  CHECK(database.run({"cache", "list", "--prefix", "\xff"}).code == 2);
  CHECK(database.run({"cache", "clear", "--prefix", "a%"}) ==
        Outcome{0, "removed 2 entries\n", ""});
  CHECK(database.run({"cache", "get", "ab", "--peek"}) == Outcome{0, "x", ""});
  CHECK(database.run({"cache", "list", "--prefix", "none"}) == Outcome{0, "", ""});
}

TEST_CASE("cache init makes the table, and says where there is nothing to make") {
  const TempDir folder;
  const std::string path = folder / "new.db";
  CHECK(run_tool({"cache", "get", "a"}, "", path) ==
        Outcome{1, "",
                "crier: no database at '" + path + "'; create it with: crier --store " + path +
                    " migrate\n"});
  CHECK(run_tool({"cache", "init"}, "", path).out.ends_with("applied 0008_operators\n"));
  CHECK(run_tool({"cache", "init"}, "", path).err ==
        "crier: sqlite:" + path + " is up to date (version 8)\n");
  CHECK(run_tool({"cache", "set", "a", "--value", "1"}, "", path).code == 0);
}

TEST_CASE("the cache beside Umbraco's table wants a table of its own first") {
  const Database database = Database::of_umbraco();
  CHECK(database.run({"cache", "stats"})
            .err.find("has no table for the shared cache; add it with: crier --store ") !=
        std::string::npos);
  CHECK(database.run({"cache", "init"}).code == 0);
  CHECK(database.run({"cache", "set", "a", "--value", "1"}).code == 0);
  CHECK(database.run({"cache", "get", "a"}).out == "1");
}

TEST_CASE("cache stats and init say that they need a database") {
  for (const char* url : {"redis://cache:6379", "redis+unix:///run/redis.sock", "redis:x"}) {
    for (const char* command : {"stats", "init"}) {
      CHECK(run_tool({"cache", command}, "", url) ==
            Outcome{2, "",
                    "crier: cache " + std::string(command) +
                        " needs a database: in Redis there is no table; the other "
                        "commands work\n"});
    }
  }
}

TEST_CASE("a database whose name begins as a URL of Redis does is looked at as any other") {
  const TempDir folder;
  for (const char* name : {"redis.db", "other.db"}) {
    run_sql(folder / name, "CREATE TABLE theirs (id INTEGER)");
  }
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder / "");
  std::string message = run_tool({"cache", "get", "a"}, "", "redis.db").err;
  const std::string other = run_tool({"cache", "get", "a"}, "", "other.db").err;
  std::filesystem::current_path(here);
  for (std::size_t at = 0; (at = message.find("redis.db")) != std::string::npos;) {
    message.replace(at, 8, "other.db");
  }
  CHECK(message == other);
}

TEST_CASE("cache refuses what it can't do, and says what it can") {
  const Database database;
  const auto refusal = [&](const Args& args, const std::string& input = "") {
    const Outcome outcome = database.run(args, input);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    return outcome.err;
  };
  CHECK(refusal({"cache"}).starts_with("crier: give a subcommand; see crier cache --help"));
  CHECK(refusal({"cache", "gte", "a"}) ==
        "crier: there is no command \"cache gte\"; did you mean get? See crier cache --help\n");
  CHECK(refusal({"cache", "get"}).find("KEY is required") != std::string::npos);
  CHECK(refusal({"cache", "get", "a", "--vlaue"}).find("there is no option --vlaue") !=
        std::string::npos);
  CHECK(refusal({"cache", "set", "a", "--vlaue", "x"}).find("did you mean --value?") !=
        std::string::npos);
  CHECK(refusal({"cache", "set", "a", "x"}) ==
        "crier: cache takes no argument \"x\"; give the value as --value; see crier cache "
        "--help\n");
  CHECK(refusal({"cache", "get", "a", "x"}) ==
        "crier: cache takes no argument \"x\"; see crier cache --help\n");
  CHECK(refusal({"cache", "get", ""}) ==
        "crier: a key of the shared cache is empty: 1 byte at the least\n");
  CHECK(refusal({"cache", "set", std::string(450, 'k'), "--value", "x"}) ==
        "crier: a key of the shared cache is 450 bytes long: 449 at the most\n");
  CHECK(refusal({"cache", "remove", "\xff"}) == "crier: a key of the shared cache is not UTF-8\n");
  CHECK(refusal({"cache", "set", "a"}, std::string(1024 * 1024 + 1, 'x')) ==
        "crier: --value: standard input holds more than 1048576 bytes; nothing was written\n");
  CHECK(database.run({"cache", "set", "a", "--value", "@none"}) ==
        Outcome{1, "", "crier: --value: can't read none: No such file or directory\n"});
  CHECK(database.run({"cache", "get", "a"}).code == 3);
}

}  // namespace
}  // namespace crier::test
