// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>
#include <crier/crier.hpp>

#include "process/cluster_fixture.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <map>
#include <sstream>

namespace crier::test {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(ClusterFixture,
                  "leaders that are killed or paused are succeeded, and never do two nodes prune") {
  database->execute(audit_of_pruning());
  for (const char* name : {"a", "b", "c"}) {
    member(name, {});
  }
  constexpr int kRounds = 4;
  for (int round = 0; round < kRounds; ++round) {
    append(100);
    prunes_all();
    std::string before;  // nobody where a busy one's lease has just run out
    REQUIRE(eventually([&] { return members.contains(before = leader()); }));
    const bool kill = round % 2 == 0;
    if (kill) {
      members[before]->signal(SIGKILL);
    } else {
      pause(*members[before]);
    }
    append(100);
    CHECK(eventually([&] {
      const std::string now = leader();
      return !now.empty() && now != before;
    }));
    prunes_all();
    if (kill) {
      member(before, {});
    } else {
      members[before]->signal(SIGCONT);  // and thinks that it leads
      append(100);
      prunes_all();
    }
  }

  std::map<std::int64_t, std::string> holders;
  std::int64_t fencing = 0;
  std::int64_t through = 0;
  for (const std::string& row : database->values(
           "SELECT holder || ' ' || fencing || ' ' || through FROM audit ORDER BY nr")) {
    std::istringstream words(row);
    std::string holder;
    std::int64_t next_fencing = 0;
    std::int64_t next_through = 0;
    words >> holder >> next_fencing >> next_through;
    CHECK(next_fencing >= fencing);
    fencing = next_fencing;
    CHECK(holders.emplace(fencing, holder).first->second == holder);
    CHECK(next_through > through);
    through = next_through;
  }
  CHECK(holders.size() > kRounds);
  CHECK(through == connection->log().newest().id.value - 1);
}

TEST_CASE_FIXTURE(ClusterFixture,
                  "kill -9 of the leader: the role is handed over after its lease") {
  const WorkerPace pace{
      .heartbeat = 500ms, .lease = 5s, .retention = 1h, .hard_cap = 1h, .prune = 1h};
  member("a", pace);
  member("b", pace);
  CHECK(has_line(*members["a"], "role scheduling_publisher"));
  CHECK(has_line(*members["b"], "role subscriber"));
  const Lease old = connection->leases().holder().value();
  const auto killed = std::chrono::steady_clock::now();
  members["a"]->signal(SIGKILL);
  CHECK(has_line(*members["b"], "role single"));
  const auto took = std::chrono::steady_clock::now() - killed;
  MESSAGE(
      "handed over after " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                           << " ms; lease and one interval are 5500 ms");
  const Lease now = connection->leases().holder().value();
  CHECK(now.holder != old.holder);
  CHECK(now.fencing > old.fencing);
  CHECK(database->values("SELECT lastError FROM crierNode WHERE name = 'b'") == Lines{""});
}

TEST_CASE_FIXTURE(ClusterFixture,
                  "a paused node is stale in status, and healthy again when it goes on") {
  const WorkerPace pace{
      .heartbeat = 300ms, .lease = 20s, .retention = 1h, .hard_cap = 1h, .prune = 1h};
  member("a", pace);
  Child& b = member("b", pace);
  CHECK(eventually([&] { return run({"status"}).code == 0; }));
  pause(b);
  Result status{};
  CHECK(eventually([&] { return (status = run({"status"})).code == 3; }));
  const std::string text = text_of(status.out) + text_of(status.err);
  CAPTURE(text);
  CHECK(text.find("stale") != std::string::npos);
  b.signal(SIGCONT);
  CHECK(eventually([&] { return run({"status"}).code == 0; }));
}

TEST_CASE_FIXTURE(ClusterFixture,
                  "a node that slept past the hard cap is overtaken, and resyncs with the reason") {
  for (const bool durable : {true, false}) {
    CAPTURE(durable);
    const std::string name = durable ? "durable" : "plain";
    member("leader" + name, {});
    append(5);
    Child& sleeper = member(name, {.durable = durable});
    const EntryId last = append(1);
    REQUIRE(has_line(sleeper, "applied " + last.to_string()));
    // A look that the server got before the node slept, and did after, brings what is pruned by
    // then.
    bool resynced = false;
    for (int tries = 0; !resynced && tries < 5; ++tries) {
      pause(sleeper);
      const EntryId newest = append(10);
      prunes_all();
      sleeper.signal(SIGCONT);
      CHECK(eventually([&] {
        const std::string said = text_of(sleeper.out());
        resynced = said.find("resync pruned") != std::string::npos;
        return resynced || said.find("applied " + newest.to_string() + "\n") != std::string::npos;
      }));
    }
    CAPTURE(text_of(sleeper.out()));
    CHECK(resynced);
    const EntryId after = append(1);
    CHECK(has_line(sleeper, "applied " + after.to_string()));
  }
}

TEST_CASE_FIXTURE(ClusterFixture,
                  "wait names a node that is paused, and exits 3; then it is everywhere") {
  const auto a = start_node("a");
  const auto b = start_node("b");
  pause(*b);
  const Result sent = run({"send", "--refresher", kProducts.to_string(), "--id", "1"});
  REQUIRE(sent.code == 0);
  CHECK(run({"wait", sent.out.at(0), "--node", "a", "--timeout", "60s"}).code == 0);
  const Result waited = run({"wait", sent.out[0], "--timeout", "1s"});
  CHECK(waited.code == 3);
  const std::string said = text_of(waited.err);
  CAPTURE(said);
  CHECK(said.find(" b ") != std::string::npos);
  CHECK(said.find(" a ") == std::string::npos);
  b->signal(SIGCONT);
  CHECK(run({"wait", sent.out[0], "--timeout", "60s"}).code == 0);
  stop(*a, SIGTERM);
  stop(*b, SIGTERM);
}

TEST_CASE_FIXTURE(ClusterFixture, "a node whose output nobody reads any more says goodbye") {
  for (const std::string words : {"node --name a", "tail"}) {
    CAPTURE(words);
    const std::string command = built_program("cli/crier") + " --store '" + url + "' " + words;
    const std::string code = (dir / "code").string();
    std::filesystem::remove(code);
    const std::vector<std::string> shell{
        "/bin/sh", "-c", "{ " + command + "; echo $? >'" + code + "'; } | head -n 1"};
    Child pipeline(dir.path(), "pipeline", shell);
    REQUIRE(eventually([&] {
      append(1);
      return std::filesystem::exists(code);
    }));
    CHECK(pipeline.wait() == 0);
    CHECK(pipeline.out().size() == 1);
    CHECK(text_of(pipeline.err())
              .ends_with("crier: can't write to standard output: nobody reads it any more, or "
                         "there is no room where it "
                         "leads\n"));
  }
  CHECK(connection->nodes().list().at(0).state == NodeState::stopped);
}

TEST_CASE_FIXTURE(ClusterFixture, "a node whose terminal is closed says goodbye") {
  const auto node = start_node("a");
  stop(*node, SIGHUP);
  CHECK(connection->nodes().list().at(0).state == NodeState::stopped);
}

TEST_CASE_FIXTURE(ClusterFixture, "a durable node that was killed goes on where it was") {
  append(1);  // a position at entry 0 would stand for nothing
  auto node = start_node("a", {"--durable"});
  append(1);
  REQUIRE(has_lines(*node, 2));  // the resync of its first start, and the entry
  REQUIRE(eventually(
      [&] { return database->values("SELECT count(position) FROM crierPosition") == Lines{"1"}; }));
  node->signal(SIGKILL);
  CHECK(node->wait() == 128 + SIGKILL);
  append(2);
  // The one before may come again, since it was killed before it had saved that; none is left out.
  node = start_node("a", {"--durable"});
  const auto has = [&](int entry) {
    const Lines out = node->out();
    return std::any_of(out.begin(), out.end(), [&](const std::string& line) {
      return line.starts_with("{\"entry\":" + std::to_string(entry) + ",");
    });
  };
  CHECK(eventually([&] { return has(3) && has(4); }));
  CHECK(node->out().front().find("resync") == std::string::npos);
  stop(*node, SIGTERM);
}

}  // namespace crier::test
