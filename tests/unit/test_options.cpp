// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "node_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

namespace crier::test {

namespace {

using std::chrono::milliseconds;

std::string refused(Options options) {
  try {
    const Member member(std::move(options));
  } catch (const Error& error) {
    CHECK(error.invalid_argument());
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE_FIXTURE(NodeFixture, "Node: wrong options are refused at once, and named") {
  Options wrong = options();
  SUBCASE("interval") {
    wrong.poll_interval = milliseconds(0);
    Registry empty;
    CHECK_THROWS_WITH_AS(Node(wrong, std::move(empty)), "poll_interval is 0ms: 1ms at the least",
                         Error);
  }
  SUBCASE("a longer interval than can be counted") {
    wrong.poll_interval = milliseconds::max();
    Registry empty;
    CHECK_THROWS_WITH_AS(Node(wrong, std::move(empty)),
                         "poll_interval is 9223372036854775807ms: 1d at the most", Error);
  }
  SUBCASE("the shared cache") {
    wrong.shared_cache.max_value_bytes = 0;
    CHECK(refused(wrong) == "shared_cache.max_value_bytes is 0: 1 to 536870912");
    wrong = options();
    for (const std::size_t sessions : {0UL, 1001UL}) {
      wrong.shared_cache.max_sessions = sessions;
      CHECK(refused(wrong) ==
            "shared_cache.max_sessions is " + std::to_string(sessions) + ": 1 to 1000");
    }
    wrong = options();
    wrong.shared_cache.default_sliding = milliseconds(0);
    CHECK(refused(wrong) ==
          "shared_cache.default_sliding is not above 0; leave it empty for entries that stay");
  }
  SUBCASE("durations") {
    const auto refused_with = [&](milliseconds Options::*option, milliseconds value) {
      wrong = options();
      wrong.*option = value;
      return refused(wrong);
    };
    for (const auto& [name, option] :
         {std::pair("heartbeat_interval", &Options::heartbeat_interval),
          std::pair("lease_duration", &Options::lease_duration),
          std::pair("stalled_after", &Options::stalled_after),
          std::pair("retention", &Options::retention),
          std::pair("retention_hard_cap", &Options::retention_hard_cap),
          std::pair("prune_interval", &Options::prune_interval)}) {
      CHECK(refused_with(option, milliseconds(0)) ==
            std::string(name) + " is 0ms: 1ms at the least");
      CHECK(refused_with(option, milliseconds(-5)) ==
            std::string(name) + " is -5ms: 1ms at the least");
      CHECK(refused_with(option, milliseconds::max())
                .starts_with(std::string(name) + " is 9223372036854775807ms: "));
    }
    wrong = options();
    wrong.heartbeat_interval = milliseconds(500);
    wrong.lease_duration = milliseconds(999);
    CHECK(refused(wrong) ==
          "lease_duration is 999ms: at least twice heartbeat_interval, which is 500ms");
    wrong.lease_duration = milliseconds(1000);
    CHECK(refused(wrong) == "accepted");
    wrong.retention = std::chrono::hours(3);
    wrong.retention_hard_cap = std::chrono::hours(2);
    CHECK(refused(wrong) == "retention_hard_cap is 2h: at least as long as retention, which is 3h");
    wrong.retention_hard_cap = wrong.retention;
    CHECK(refused(wrong) == "accepted");
  }
  SUBCASE("deadlines") {
    for (const auto& [name, option, least] :
         {std::tuple("refresher_deadline", &Options::refresher_deadline, 1),
          std::tuple("stop_deadline", &Options::stop_deadline, 0),
          std::tuple("canary_interval", &Options::canary_interval, 0)}) {
      wrong = options();
      wrong.*option = milliseconds(least - 1);
      CHECK(refused(wrong) == std::string(name) + " is " + std::to_string(least - 1) +
                                  "ms: " + std::to_string(least) + "ms at the least");
      wrong.*option = milliseconds(least);
      CHECK(refused(wrong) == "accepted");
      wrong.*option = milliseconds::max();
      CHECK(refused(wrong).starts_with(std::string(name) + " is 9223372036854775807ms: "));
    }
  }
  SUBCASE("retries") {
    for (const auto& [name, option] :
         {std::pair("retry.first_delay", &RetryPolicy::first_delay),
          std::pair("retry.give_up_after", &RetryPolicy::give_up_after),
          std::pair("retry.longest_delay", &RetryPolicy::longest_delay)}) {
      wrong = options();
      wrong.retry.*option = milliseconds(0);
      CHECK(refused(wrong) == std::string(name) + " is 0ms: 1ms at the least");
      wrong.retry.*option = std::chrono::hours(25);
      CHECK(refused(wrong) == std::string(name) + " is 25h: 1d at the most");
    }
    wrong = options();
    wrong.retry.retries = -1;
    CHECK(refused(wrong) == "retry.retries is -1: 0 to 100");
    wrong.retry.retries = 101;
    CHECK(refused(wrong) == "retry.retries is 101: 0 to 100");
    wrong.retry.retries = 0;
    CHECK(refused(wrong) == "accepted");
  }
  SUBCASE("reading only") {
    wrong.read_only = true;
    CHECK(refused(wrong) ==
          "read_only and migrate_on_start exclude each other: migrate with: crier migrate");
    wrong.migrate_on_start = false;
    CHECK(refused(wrong) == "accepted");
    wrong.keep_position = KeepPosition::in_database;
    CHECK(refused(wrong) ==
          "a node that is read_only can't keep its position in the database: keep it in a file");
  }
  SUBCASE("position file") {
    wrong.keep_position = KeepPosition::in_file;
    CHECK(refused(wrong) == "position_file is empty: name the file in which the position is kept");
  }
  SUBCASE("limits") {
    wrong.max_processing_instructions = 0;
    CHECK(refused(wrong) == "max_processing_instructions is 0: 1 at the least");
    wrong = options();
    wrong.max_instructions_per_entry = 0;
    CHECK(refused(wrong) == "max_instructions_per_entry is 0: 1 at the least");
    wrong = options();
    wrong.max_entry_bytes = 0;
    CHECK(refused(wrong) == "max_entry_bytes is 0: 1 at the least");
    wrong = options();
    wrong.max_instruction_bytes = 0;
    CHECK(refused(wrong) == "max_instruction_bytes is 0: 1 at the least");
  }
  SUBCASE("names") {
    wrong.node_name = std::string(256, 'x');
    CHECK(refused(wrong) == "node_name is 256 bytes long: 255 at most");
    wrong.node_name = "a\nb";
    CHECK(refused(wrong) == "node_name holds a control character");
    wrong.node_name = "a\u009b31m";
    CHECK(refused(wrong) == "node_name holds a control character");
    wrong.node_name = "caf\u00e9";
    CHECK(refused(wrong) == "accepted");
    wrong = options();
    wrong.application = "a\x7f";
    CHECK(refused(wrong) == "application holds a control character");
    wrong.application = "a\xff";
    CHECK(refused(wrong) == "application is not UTF-8");
    wrong.application = "\"\\é";
    CHECK(refused(wrong) == "accepted");
  }
  SUBCASE("store") {
    wrong.store = "mysql://host/db";
    CHECK(refused(wrong).find("mysql") != std::string::npos);
  }
  SUBCASE("right ones") { CHECK(refused(options()) == "accepted"); }
}

TEST_CASE_FIXTURE(NodeFixture, "Node: a cache can't be stale before an idle node looks again") {
  Options slow = options();
  slow.poll_interval = milliseconds(500);
  const auto make = [&](milliseconds after) {
    Record record;
    Registry registry;
    registry.add(std::make_shared<RecordingRefresher>(kProducts, "products", record),
                 WhenStale::flush(after));
    const Node node(slow, std::move(registry));
  };
  const std::string text = "WhenStale::after of refresher " + kProducts.to_string() +
                           " is 999ms: at least twice poll_interval, which is 500ms";
  CHECK_THROWS_WITH_AS(make(milliseconds(999)), text.c_str(), Error);
  CHECK_NOTHROW(make(milliseconds(1000)));
  CHECK_NOTHROW(make(milliseconds(0)));
}

TEST_CASE_FIXTURE(NodeFixture, "Node: its name is stable, by default host/executable") {
  Options named = options();
  named.node_name = "web-1";
  CHECK(Member(named).node->name() == "web-1");
  const std::string name = Member(options()).node->name();
  CHECK(name.ends_with("/unit_node"));
}

}  // namespace crier::test
