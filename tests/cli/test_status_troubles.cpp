// SPDX-License-Identifier: MIT
// What a status says of pollers, refreshers, canaries and the quarantine.
#include "cli/cluster.hpp"
#include "cli/status_text.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a poller that is stalled is a problem") {
  const Healthy healthy;
  NodeReport second = report_of("web-2", 12);
  second.poller_alive = false;
  beat(healthy.database, second);
  pass(healthy.database, 1h);
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 3);
  CHECK(outcome.out.ends_with(
      "\nproblem poller-stalled: node web-2 (vm-1, pid 17) is stalled: its "
      "poller has not come forward from entry 12, as of its last beat 1 h 0 m "
      "ago\n  next: see what holds up its refreshers; restart the node if nothing does\n"));
}

TEST_CASE("a refresher in trouble is a problem") {
  const Healthy healthy;
  NodeReport second = report_of("web-2", 12);
  second.troubles = {"refresher A is stuck: it has not returned", "refresher B is stale\x1b",
                     "not woken at once, only by polling: no LISTEN", "the lease failed: locked"};
  second.proof_age = 5h;  // because of that
  beat(healthy.database, second);
  pass(healthy.database, 1h);
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 3);
  const std::string mend = "  next: mend what the refresher needs: it is tried again by itself\n";
  const std::string who =
      "node web-2 (vm-1, pid 17) is in trouble, as of its last beat 1 h 0 m ago: ";
  CHECK(outcome.out.ends_with(
      "\ncanary  none\n"
      "problem refresher-trouble: " +
      who +
      "refresher A is stuck: it has not returned\n"
      "  next: see what it waits for, in a stack of the process; nothing of it is tried again "
      "until "
      "it returns: restart the node if it does not\n"
      "problem refresher-trouble: " +
      who + "refresher B is stale\\u001b\n" + mend + "problem wakeup-trouble: " + who +
      "not woken at once, only by polling: no LISTEN\n"
      "  next: mend what it names: until then the node hears by polling\n"
      "problem node-trouble: " +
      who + "the lease failed: locked\n  next: see the node's log\n"));
  goodbye(healthy.database, second);
  CHECK(healthy.status().code == 0);
}

TEST_CASE("a live node that has not proved for long that it is up to date is a problem") {
  const Healthy healthy;
  NodeReport second = report_of("web-2", 12);  // which beats once an hour
  second.proof_age = 29s;
  beat(healthy.database, second);
  CHECK(healthy.status().code == 0);
  pass(healthy.database, 1h);  // what it has proved since, nobody knows
  CHECK(healthy.status().code == 0);
  second.proof_age = 33s;
  beat(healthy.database, second);
  beat(healthy.database, healthy.leader);
  pass(healthy.database, 1h);
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 3);
  CHECK(
      outcome.out.find("\nproblem not-proved: node web-2 (vm-1, pid 17) had not proved for 33.0 s "
                       "that it was up to date when it was last heard of\n") != std::string::npos);
  CHECK(healthy.status({"--max-behind", "1m"}).code == 0);
}

TEST_CASE("a live node that has not seen the canary in time is a problem") {
  const Healthy healthy;
  NodeReport leader = healthy.leader, second = report_of("web-2", 13);
  beat(healthy.database, second);
  pass(healthy.database, 1h);
  const EntryId canary = send_canary(healthy.database, leader);
  CHECK(canary.value == 13);
  const auto go_on = [&](std::chrono::milliseconds duration) {
    pass(healthy.database, duration);
    leader.position = leader.canary = canary;
    beat(healthy.database, leader);
    beat(healthy.database, second);
  };
  go_on(3h + 5s);
  CHECK(healthy.status().code == 0);
  CHECK(healthy.status().out.find("\ncanary  entry 13, 3 h 0 m ago, seen by 1 of 2 nodes\n") !=
        std::string::npos);
  go_on(6s);
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 3);
  CHECK(outcome.out.find("\nproblem canary-not-seen: node web-2 (vm-1, pid 17) has not seen the "
                         "canary, entry 13, sent 3 h 0 m ago, although it beats\n") !=
        std::string::npos);

  SUBCASE("until it has") {
    second.canary = canary;
    go_on(1s);
    CHECK(healthy.status().code == 0);
    CHECK(healthy.status().out.find(", seen by all 2 nodes\n") != std::string::npos);
    CHECK(healthy.status({"--json"}).out.find(",\"seenBy\":2,\"of\":2},\"quarantined\":0,") !=
          std::string::npos);
  }
  SUBCASE("and none where it is not live") {
    goodbye(healthy.database, second);
    CHECK(healthy.status().code == 0);
    CHECK(healthy.status().out.find(", seen by 1 of 1 node\n") != std::string::npos);
  }
  SUBCASE("nor where it has come since") {
    goodbye(healthy.database, second);
    beat(healthy.database, report_of("web-3", 13));
    CHECK(healthy.status().code == 0);
  }
}

TEST_CASE("what stands in the quarantine is a warning") {
  const Healthy healthy;
  quarantine(healthy.database, {FailureRecord()});
  const Outcome outcome = healthy.status();
  CHECK(outcome.code == 0);
  CHECK(outcome.out.ends_with(
      "\nwarning quarantine: 1 failure is in the quarantine\n  next: crier failures\nhealthy\n"));
  quarantine(healthy.database, {FailureRecord()});
  CHECK(healthy.status().out.find("\nwarning quarantine: 2 failures are in the quarantine\n") !=
        std::string::npos);
  CHECK(healthy.status({"--json"}).out.find(",\"quarantined\":2,\"error\":null,") !=
        std::string::npos);
}

}  // namespace
}  // namespace crier::test
