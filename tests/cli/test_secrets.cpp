// SPDX-License-Identifier: MIT
// A database's URL with a password, where it belongs and where it doesn't: no message repeats that.
#include "cli/database.hpp"
#include "cli/writers.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace crier::test {
namespace {

const std::string kStores[] = {
    "postgresql+ssl://u:s3cr3t@db/shop",
    "redis-sentinel://:s3cr3t@cache",
    "redis://:s3cr3t@127.0.0.1:1?deadline=1s",
    "Host=db;Username=u;Password=s3cr3t",
    "jdbc:postgresql://db/shop?password=s3cr3t",
    "u:s3cr3t@db/shop",
#ifdef CRIER_HAS_POSTGRES
    "postgresql://u:s3cr3t@127.0.0.1:1/shop?deadline=1s",
    "host=127.0.0.1 port=1 user=u password=s3cr3t dbname=shop deadline=1s",
#endif
};

// Every command.
std::vector<Args> commands() {
  std::vector<Args> all{{"migrate"},
                        {"migrate", "--dry-run"},
                        {"list"},
                        {"show", "1"},
                        {"tail"},
                        {"node", "--name", "web-1"},
                        {"nodes"},
                        {"status"},
                        {"failures"},
                        {"wait", "1"},
                        {"sql-trigger", "--table", "t", "--refresher", kProducts},
                        {"cache", "init"},
                        {"cache", "get", "k"},
                        {"cache", "set", "k", "--value", "v"},
                        {"cache", "remove", "k"},
                        {"cache", "stats"},
                        {"cache", "clear"}};
  all.insert(all.end(), kWriters.begin(), kWriters.end());
  return all;
}

void check_tells_nothing(const Outcome& outcome) {
  CHECK(outcome.code != 0);
  CHECK_MESSAGE((outcome.out + outcome.err).find("s3cr3t") == std::string::npos, outcome);
}

TEST_CASE("a store that can't be opened is refused without its password, by every command") {
  for (const std::string& store : kStores) {
    CAPTURE(store);
    for (const Args& command : commands()) {
      CAPTURE(command.front());
      Args named = command;
      named.insert(named.end(), {"--store", store});
      check_tells_nothing(run_tool(named));
      check_tells_nothing(run_tool(command, "", store));  // as from CRIER_STORE
      named.emplace_back("--json");
      check_tells_nothing(run_tool(named));
    }
  }
}

TEST_CASE("a store in the wrong place is not repeated") {
  for (const std::string& store : kStores) {
    CAPTURE(store);
    for (const Args& args : {Args{store},
                             Args{store, "list"},
                             Args{"list", store},
                             Args{"cache", store},
                             Args{"cache", "set", "k", store},
                             Args{"--stroe", store, "list"},
                             Args{"--stroe=" + store, "list"},
                             Args{"-s" + store, "list"},
                             Args{"--" + store},
                             Args{"--json=" + store, "list"},
                             Args{"list", "--limit", store},
                             Args{"list", "--limit=" + store},
                             Args{"list", "--after", store},
                             Args{"list", "--since", store},
                             Args{"list", "--refresher", store},
                             Args{"show", store},
                             Args{"wait", store},
                             Args{"wait", "1", "--timeout", store},
                             Args{"replay", store},
                             Args{"prune", "--older-than", store},
                             Args{"failures", "--retry", store},
                             Args{"send", "--refresher", store, "--all"},
                             Args{"send", "--refresher", kProducts, "--id", store},
                             Args{"send", "--refresher", kProducts, "--payload", store},
                             Args{"send", "--refresher", kProducts, "--payload", "@" + store},
                             Args{"--store", store, "--store", store, "list"}}) {
      CAPTURE(args.front());
      CAPTURE(args.back());
      const Database database;
      check_tells_nothing(database.run(args));
    }
  }
}

TEST_CASE("an error that others have written is shown without a password") {
  const Database database;
  run_sql(database.path(),
          "INSERT INTO crierFailure (log, failedMs, kind, entry, indexInEntry, originated, "
          "refresher, refresherName, node, incarnation, attempts, error, instructionCount, "
          "jsonInstruction) VALUES ('crierCacheInstruction', 1, 0, 1, 0, '', '', '', 'web-1', '', "
          "1, 'no route to postgresql://u:s3cr3t@db/x', 1, '[]')");
  run_sql(
      database.path(),
      "INSERT INTO crierNode (log, name, incarnation, host, application, version, pid, process, "
      "startedMs, beatMs, intervalMs, role, position, lag, durable, pollerAlive, lastError, "
      "lastErrorMs, applied, failed, resyncs, troubles) SELECT 'crierCacheInstruction', "
      "'web-1', '', '', '', '', 1, '', now, now, 3600000, 0, 0, 0, 0, 1, "
      "'no route to redis://s3cr3t@cache', now, 0, 0, 0, 'Host=db;Password=s3cr3t' "
      "FROM (SELECT unixepoch() * 1000 AS now)");
  for (const Args& args : {Args{"failures"}, Args{"failures", "--json"}, Args{"nodes"},
                           Args{"nodes", "--json"}, Args{"status"}, Args{"status", "--json"}}) {
    CAPTURE(args.front());
    const std::string out = database.run(args).out;
    CHECK(out.find("***") != std::string::npos);
    CHECK(out.find("s3cr3t") == std::string::npos);
  }
}

}  // namespace
}  // namespace crier::test
