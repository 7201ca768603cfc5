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
  });
}

}  // namespace
}  // namespace crier::test
