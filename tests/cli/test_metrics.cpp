// SPDX-License-Identifier: MIT
// crier metrics, and how a figure is written.
#include <crier/admin/exposition.hpp>
#include <crier/admin/failures.hpp>

#include "cli/cluster.hpp"
#include "support/contents.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

bool holds(const Outcome& outcome, const std::string& line) {
  return ("\n" + outcome.out).find("\n" + line + "\n") != std::string::npos;
}

TEST_CASE("a figure is written as Prometheus reads it, whatever its labels hold") {
  Exposition out;
  out.family("a_total", Exposition::Type::counter, "Help.");
  out.sample({}, std::int64_t{-7});
  out.family("b_seconds", Exposition::Type::gauge, "More.");
  out.sample({{"x", "a\"b\\c\nd\xff"}, {"y", ""}}, 1'002ms);
  out.sample({}, -1ms);
  out.sample({}, 60s);
  out.family("c_seconds", Exposition::Type::histogram, "Times.");
  Durations durations;
  durations.counts.front() = 3;
  durations.counts[4] = 2;
  durations.counts.back() = 1;
  durations.total = 61'000'001us;
  out.histogram({{"x", "y"}}, durations, 10s);
  CHECK(out.text() ==
        "# HELP a_total Help.\n# TYPE a_total counter\na_total -7\n"
        "# HELP b_seconds More.\n# TYPE b_seconds gauge\n"
        "b_seconds{x=\"a\\\"b\\\\c\\\\x0ad\xEF\xBF\xBD\",y=\"\"} 1.002\n"
        "b_seconds -0.001\nb_seconds 60.000\n"
        "# HELP c_seconds Times.\n# TYPE c_seconds histogram\n"
        "c_seconds_bucket{x=\"y\",le=\"10.0\"} 5\n"
        "c_seconds_bucket{x=\"y\",le=\"30.0\"} 5\n"
        "c_seconds_bucket{x=\"y\",le=\"+Inf\"} 6\n"
        "c_seconds_sum{x=\"y\"} 61.000001\nc_seconds_count{x=\"y\"} 6\n");
}

TEST_CASE("metrics: the log and each node have their figures") {
  Healthy healthy;
  healthy.leader.applied = 5;
  healthy.leader.failed = 2;
  healthy.leader.resyncs = 1;
  beat(healthy.database, healthy.leader);
  const Outcome well = healthy.database.run({"metrics"});
  CHECK(well.code == 0);
  CHECK(well.err.empty());
  for (const char* line :
       {"crier_up 1", "crier_healthy 1", "crier_log_oldest_entry 1", "crier_log_newest_entry 12",
        "crier_log_pruned_through_entry 0", "crier_quarantined 0", "crier_nodes{state=\"live\"} 1",
        "crier_nodes{state=\"stale\"} 0", "crier_nodes{state=\"stopped\"} 0",
        "crier_node_live{node=\"web-1\"} 1", "crier_node_position_entry{node=\"web-1\"} 12",
        "crier_node_behind_entries{node=\"web-1\"} 0",
        "crier_node_behind_seconds{node=\"web-1\"} 0.000",
        "crier_node_applied_total{node=\"web-1\"} 5", "crier_node_failed_total{node=\"web-1\"} 2",
        "crier_node_resyncs_total{node=\"web-1\"} 1", "crier_node_quarantined{node=\"web-1\"} 0"}) {
    CHECK_MESSAGE(holds(well, line), line);
  }
  CHECK(well.out.find("crier_problem") == std::string::npos);
  CHECK(well.out.find("crier_node_info{node=\"web-1\",version=") != std::string::npos);
  const Outcome json = healthy.database.run({"metrics", "--json"});
  CHECK(json.out.starts_with("{\"metrics\":\"# HELP crier_up "));
}

TEST_CASE("metrics: what status tells of is there by its code, and is no failure") {
  const Healthy healthy;
  pass(healthy.database, 5h);  // web-1 beats once an hour
  const Outcome ill = healthy.database.run({"metrics"});
  CHECK(ill.code == 0);
  CHECK(holds(ill, "crier_healthy 0"));
  CHECK(holds(ill, "crier_problem{code=\"node-stale\",node=\"web-1\"} 1"));
  CHECK(holds(ill, "crier_problem{code=\"no-live-node\",node=\"\"} 1"));
  CHECK(holds(ill, "crier_node_live{node=\"web-1\"} 0"));
  CHECK(holds(ill, "crier_nodes{state=\"stale\"} 1"));
  CHECK_FALSE(holds(healthy.database.run({"metrics", "--min-nodes", "0"}),
                    "crier_problem{code=\"no-live-node\",node=\"\"} 1"));
}

TEST_CASE("metrics: a node that has stopped has none, and of two of a name the live one counts") {
  const Healthy healthy;
  NodeReport gone = report_of("gone", 3);
  beat(healthy.database, gone);
  goodbye(healthy.database, gone);
  const NodeReport before = report_of("web-2", 4);
  beat(healthy.database, before);
  pass(healthy.database, 5h);
  beat(healthy.database, healthy.leader);
  beat(healthy.database, report_of("web-2", 9));
  const Outcome out = healthy.database.run({"metrics"});
  CHECK(out.out.find("\"gone\"") == std::string::npos);
  CHECK(holds(out, "crier_node_position_entry{node=\"web-2\"} 9"));
  CHECK_FALSE(holds(out, "crier_node_position_entry{node=\"web-2\"} 4"));
}

TEST_CASE("metrics: an empty log has figures, one that can't be looked at says so") {
  const Database database;
  const Outcome empty = database.run({"metrics", "--min-nodes", "0"});
  CHECK(empty.code == 0);
  CHECK(holds(empty, "crier_log_newest_entry 0"));
  std::filesystem::remove(database.path());
  const Outcome none = database.run({"metrics"});
  CHECK(none.code == 4);
  CHECK(none.out ==
        "# HELP crier_up Whether the log could be looked at.\n# TYPE crier_up gauge\n"
        "crier_up 0\n");
  CHECK(none.err.starts_with("crier: could not look: no database at "));
  CHECK(database.run({"metrics", "--max-behind", "soon"}).code == 2);
  CHECK(database.run({"metrics", "--store", "mysql://x"}).code == 2);
}

TEST_CASE("metrics: the log's name is a label of each figure") {
  const Healthy healthy;
  const Outcome out = healthy.database.run({"metrics", "--log", "a\"b"});
  CHECK(holds(out, R"(crier_up{log="a\"b"} 1)"));
  CHECK(holds(out, R"(crier_nodes{log="a\"b",state="live"} 1)"));
  CHECK(out.out.find("\ncrier_up 1") == std::string::npos);
  CHECK(healthy.database.run({"metrics", "--log", ""}) ==
        Outcome{2, "", "crier: --log: the log's name is empty\n"});
}

TEST_CASE("metrics: in OpenMetrics' format") {
  const Healthy healthy;
  const Outcome out = healthy.database.run({"metrics", "--openmetrics"});
  CHECK(holds(out, "# TYPE crier_node_applied counter"));
  CHECK(holds(out, "crier_node_applied_total{node=\"web-1\"} 0"));
  CHECK(out.out.ends_with("\n# EOF\n"));
}

TEST_CASE("metrics: a file takes the place of the one before, or that stays") {
  const Healthy healthy;
  const std::string file = healthy.database.folder() / "crier.prom";
  const auto write = [&](const std::string& to) {
    return healthy.database.run({"metrics", "--output", to});
  };
  CHECK(write(file) == Outcome{0, "", ""});
  CHECK(contents(file).starts_with("# HELP crier_up "));
  CHECK(contents(file).ends_with("\n"));
  const std::string other = healthy.database.folder() / "other";
  std::filesystem::create_symlink(other, file + "." + std::to_string(getpid()) + ".new");
  pass(healthy.database, 5h);
  CHECK(write(file).code == 0);  // and what stood in the way is not followed
  CHECK(contents(file).find("crier_healthy 0") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(other));
  CHECK(write(healthy.database.folder() / "no/such.prom").code == 1);
  const std::string folder = healthy.database.folder() / "taken";
  std::filesystem::create_directory(folder);
  const Outcome taken = write(folder);
  CHECK(taken.code == 1);
  CHECK(taken.err.starts_with("crier: can't write \"" + folder + "\": "));
  CHECK_FALSE(std::filesystem::exists(folder + "." + std::to_string(getpid()) + ".new"));
  CHECK(taken.err.ends_with("it is a folder; name a file in it\n"));
  CHECK(write("").code == 2);
  CHECK(healthy.database.run({"metrics", "--output", file, "--json"}).code == 2);
  std::filesystem::remove(healthy.database.path());
  CHECK(write(file).code == 4);
  CHECK(contents(file).ends_with("\ncrier_up 0\n"));
}

TEST_CASE("metrics: what stands there and is no regular file is refused, and stays") {
  const Healthy healthy;
  const std::string path = healthy.database.folder() / "crier.prom";
  const std::string other = healthy.database.folder() / "other";
  std::ofstream(other) << "as it was";
  const auto type = [&] { return std::filesystem::symlink_status(path).type(); };
  std::string why = "it is no regular file, and would be lost; name another";
  SUBCASE("a pipe") { REQUIRE(mkfifo(path.c_str(), 0600) == 0); }
  SUBCASE("a link") {
    std::filesystem::create_symlink(other, path);
    why = "it is a link, which would be lost; name the file it leads to";
  }
  SUBCASE("a device") {
    if (mknod(path.c_str(), S_IFCHR | 0600, makedev(1, 3)) != 0) {
      return;  // which takes the right to make one
    }
  }
  const auto before = type();
  CHECK(healthy.database.run({"metrics", "--output", path}) ==
        Outcome{1, "", "crier: can't write \"" + path + "\": " + why + "\n"});
  CHECK(type() == before);
  CHECK(contents(other) == "as it was");
}

}  // namespace
}  // namespace crier::test
