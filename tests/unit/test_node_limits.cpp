// SPDX-License-Identifier: MIT
// What a node refuses: where it only reads, and in a child of its process.
#include <crier/admin/store.hpp>
#include <crier/codec.hpp>
#include <crier/error.hpp>

#include "node/core.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/forked.hpp"
#include "unit/node_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a node that only reads collects no failures, which nobody would write down") {
  Options options;
  options.log = [](LogLevel, std::string_view) {};
  SUBCASE("it reads") { options.read_only = true; }
  SUBCASE("it writes") {}
  Record record;
  Registry registry;
  registry.add(std::make_shared<RecordingRefresher>(kProducts, "products", record));
  Core core(options, std::move(registry));
  core.dispatcher.give_up({FailureKind::unreadable, {{4}, "x"}, 0, kProducts, {}, "torn"}, {}, {});
  CHECK(core.reporter.counters().failed == 1);
  std::size_t collected = 0;
  core.dispatcher.quarantine().flush([&](const auto& failures) { collected = failures.size(); });
  CHECK(collected == (options.read_only ? 0 : 1));
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a node that only reads refreshes, refuses to publish, and is not seen") {
  Options named = options();
  named.node_name = "writer";
  named.heartbeat_interval = 5ms;
  Member writer(named);
  writer.node->start();
  Options reading = named;
  reading.node_name = "reader";
  reading.migrate_on_start = false;
  reading.read_only = true;
  Registry registry;
  Record record;
  Record log;
  registry.add(std::make_shared<RecordingRefresher>(kProducts, "products", record));
  reading.log = [&](LogLevel, std::string_view text) { log.add(std::string(text)); };
  reading.poll_interval = 1ms;
  Node reader(reading, std::move(registry));
  reader.start();
  const EntryId id = writer.node->cache().refresh(kProducts, 7);
  CHECK(reader.wait_applied(id, 20s));
  CHECK(record.lines() == Lines{"products refresh 7"});

  const Error error = error_of([&] { reader.cache().refresh(kProducts, 8); });
  CHECK(error.invalid_argument());
  CHECK(std::string(error.what()).starts_with("this node only reads "));
  CHECK(record.size() == 1);
  CHECK(writer.node->nodes().size() == 1);
  CHECK(reader.nodes().size() == 1);
  CHECK(writer.node->wait_everywhere(id, 20s).reached.size() == 1);
  CHECK(reader.role() == Role::unknown);
  CHECK(eventually([&] { return reader.counters().beats > 3; }));
  CHECK(reader.counters().beats_failed == 0);
  reader.stop();
  CHECK(std::ranges::count_if(log.lines(), [](const std::string& line) {
          return line.find("it can't publish, no other node sees it") != std::string::npos;
        }) == 1);
  CHECK(writer.node->nodes().size() == 1);
}

// True where `call` throws an Error that says why.
bool is_refused(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return std::string(error.what()).find("by fork()") != std::string::npos;
  }
  return false;
}

TEST_CASE_FIXTURE(NodeFixture,
                  "a child by fork() must not use the node, and does the parent no harm") {
  Options patient = options();
  patient.stop_deadline = 24h;  // for threads that the child does not have
  Member a(patient);
  a.node->start();
  const EntryId first = a.node->cache().refresh(kProducts, 1);
  CHECK(a.node->wait_applied(first, 20s));
  const int outcome = run_forked([&] {
    Node& node = *a.node;
    const auto publish = [&] { node.cache().refresh(kProducts, 2); };
    const auto commit = [&] {
      Batch batch = node.cache().batch();
      batch.refresh(kProducts, 3);
      batch.commit();
    };
    int wrong = 0;
    wrong += is_refused(publish) ? 0 : 1;
    wrong += is_refused(commit) ? 0 : 2;
    wrong += is_refused([&] { static_cast<void>(node.wait_applied({9}, 1h)); }) ? 0 : 4;
    wrong += is_refused([&] { node.wait_everywhere({9}, 1h); }) ? 0 : 8;
    wrong += is_refused([&] { node.start(); }) ? 0 : 16;
    wrong += is_refused([&] { static_cast<void>(node.freshness()); }) ? 0 : 32;
    wrong += is_refused([&] { static_cast<void>(node.nodes()); }) ? 0 : 64;
    if (wrong != 0) {
      return wrong;
    }
    if (node.position() != EntryId{0} || node.running() || node.role() != Role::unknown) {
      return 101;
    }
    node.stop();
    a.node.reset();
    return a.record.size() == 1 ? 0 : 102;
  });
  CHECK(outcome == 0);
  CHECK(a.node->running());
  CHECK(a.node->wait_applied(a.node->cache().refresh(kProducts, 4), 20s));
  CHECK(eventually([&] { return a.node->nodes().at(0).state == NodeState::live; }));
  CHECK(a.record.lines() == Lines{"products refresh 1", "products refresh 4"});
}

}  // namespace
}  // namespace crier::test
