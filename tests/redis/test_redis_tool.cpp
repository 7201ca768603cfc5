// SPDX-License-Identifier: MIT
#include "cli/tool.hpp"
#include "redis/server.hpp"

namespace crier::test {
namespace {

TEST_CASE("redis: the tool sets, gets and removes") {
  with_server([](RedisServer& server) {
    const auto run = [&](const Args& args) { return run_tool(args, "", server.url()); };
    CHECK(run({"cache", "set", "a", "--value", "1", "--after", "1h"}) == Outcome{0, "", ""});
    CHECK(run({"cache", "get", "a"}) == Outcome{0, "1", ""});
    CHECK(run({"cache", "remove", "a"}) == Outcome{0, "", ""});
    CHECK(run({"cache", "get", "a"}).code == 3);
    const Outcome stats = run({"cache", "stats"});
    CHECK(stats.code == 2);
    CHECK(stats.err.find("cache stats needs a database") != std::string::npos);
    run({"cache", "set", "b1", "--value", "1"});
    run({"cache", "set", "b2", "--value", "1"});
    CHECK(run({"cache", "list", "--prefix", "b"}) == Outcome{0, "b1\nb2\n", ""});
    const Outcome all = run({"cache", "clear"});
    CHECK(all.code == 2);
    CHECK(all.err.find("may hold the entries of others") != std::string::npos);
    CHECK(run({"cache", "clear", "--prefix", "b1"}) == Outcome{0, "removed 1 entry\n", ""});
    CHECK(run_tool({"cache", "clear", "--json"}, "", server.url() + "?prefix=b").out ==
          "{\"entries\":1}\n");
  });
}

}  // namespace
}  // namespace crier::test
