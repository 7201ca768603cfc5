// SPDX-License-Identifier: MIT
// More than a node can be expected to take one by one.
#include "fault/crew.hpp"
#include "support/effort.hpp"

#include <numeric>

namespace crier::test {
namespace {

TEST_CASE_FIXTURE(Crew, "100,000 entries at once collapse into a full refresh of whom they name") {
  Options options = quick("node");
  options.backlog.time = std::chrono::hours(1);  // a slow machine reads them all
  options.fill_caches = [&] {
    const auto connection = connect();
    const std::string json = encode(std::vector{Instruction::refresh_by_id(kProducts, 1)});
    for (int i = 0; i < 100; ++i) {
      connection->log().append(std::vector<NewEntry>(1000, new_entry(json)));
    }
  };
  Member& node = join(options);
  CHECK(node.node->wait_applied({100'000}, 120s));
  CHECK(node.node->counters().resyncs == 0);
  CHECK(node.node->counters().entries < 100'000);
  CHECK(node.record.lines().front() == "products all");
  CHECK(node.node->wait_applied(write(7), 20s));
  CHECK(node.record.lines().back() == "products refresh 7");
}

TEST_CASE_FIXTURE(Crew, "very many ids in one publish reach another node") {
  join_all(2);
  std::vector<std::int64_t> ids(kSanitized ? 100'000 : 1'000'000);
  std::iota(ids.begin(), ids.end(), 1);
  CHECK(all_have(members[0]->node->cache().refresh(kProducts, ids).value()));
  CHECK(members[1]->node->counters().resyncs == 0);
  CHECK(members[1]->record.lines() == Lines{"products all"});
}

TEST_CASE_FIXTURE(Crew, "delivered twice: a position that went back applies the same again") {
  Options durable = quick("node");
  durable.keep_position = KeepPosition::in_database;
  join(durable);
  write(1);
  write(2);
  REQUIRE(all_have(write(3)));
  members.clear();
  const Entry first = connect()->log().find({1}).value();
  run_sql("UPDATE crierPosition SET position = 1, fingerprint = " +
          std::to_string(static_cast<std::int64_t>(first.fingerprint().value)));
  Member& again = join(durable);
  CHECK(again.node->wait_applied({3}, 20s));
  CHECK(again.record.lines() == Lines{"products refresh 2", "products refresh 3"});
  CHECK(again.node->counters().resyncs == 0);
}

}  // namespace
}  // namespace crier::test
