// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

const Guid kNode = Guid::random();
const Guid kRefresher = Guid::random();

FailureRecord failure_of(std::int64_t entry, std::size_t index = 0) {
  FailureRecord failure;
  failure.entry = {entry};
  failure.index = index;
  failure.refresher = kRefresher;
  failure.incarnation = kNode;
  failure.json_instruction = "[" + std::to_string(entry) + "]";
  return failure;
}

std::vector<std::int64_t> failure_ids(FailureLog& log) {
  std::vector<std::int64_t> ids;
  for (const FailureRecord& failure : log.list()) {
    ids.push_back(failure.id);
  }
  return ids;
}

std::vector<std::int64_t> failed_entries(FailureLog& log) {
  std::vector<std::int64_t> entries;
  for (const FailureRecord& failure : log.list()) {
    entries.push_back(failure.entry.value);
  }
  return entries;
}

using Numbers = std::vector<std::int64_t>;

TEST_CASE("a failure is kept with all that is known of it") {
  on_each_cluster_store([](ClusterStore& store) {
    FailureRecord failure = failure_of(7, 3);
    failure.id = 99;
    failure.utc_stamp = "nonsense";
    failure.kind = FailureKind::wrong_kind;
    failure.originated = "höst/shop [P1/D1]";
    failure.name = "Prodücts";
    failure.node = "web-1";
    failure.attempts = 4;
    failure.error = "it's\nbroken";
    Peer one(store);
    one.failures().record({failure, failure_of(8)});

    Peer other(store);
    const std::vector<FailureRecord> all = other.failures().list();
    REQUIRE(all.size() == 2);
    CHECK(all[1].entry == EntryId{8});
    CHECK(all[1].id > all[0].id);
    const auto found = other.failures().find(all[0].id);
    REQUIRE(found.has_value());
    for (const FailureRecord& shown : {all[0], *found}) {
      CHECK(shown.id > 0);
      CHECK(shown.id != 99);
      CHECK(shown.kind == FailureKind::wrong_kind);
      CHECK(shown.entry == EntryId{7});
      CHECK(shown.index == 3);
      CHECK(shown.originated == "höst/shop [P1/D1]");
      CHECK(shown.refresher == kRefresher);
      CHECK(shown.name == "Prodücts");
      CHECK(shown.node == "web-1");
      CHECK(shown.incarnation == kNode);
      CHECK(shown.attempts == 4);
      CHECK(shown.error == "it's\nbroken");
      CHECK(shown.json_instruction == "[7]");
    }
    CHECK_FALSE(other.failures().find(all[1].id + 1));
  });
}

TEST_CASE("a failure bears the time of the database's clock, as entries do") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    append(*peer.connection, new_entry("[]"));
    store.pass(1h);
    peer.failures().record({failure_of(1)});
    store.pass(1h);
    append(*peer.connection, new_entry("[]"));
    const std::string stamp = peer.failures().list().at(0).utc_stamp;
    CHECK(stamp.size() == 23);
    CHECK(peer.log().find({1}).value().utc_stamp < stamp);
    CHECK(stamp < peer.log().find({2}).value().utc_stamp);
  });
}

TEST_CASE("the same failure again takes the place of the earlier one") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    FailureLog& failures = peer.failures();
    failures.record({failure_of(1), failure_of(2)});
    const Numbers before = failure_ids(failures);
    FailureRecord again = failure_of(1);
    again.attempts = 9;
    failures.record({again});
    CHECK(failed_entries(failures) == Numbers{2, 1});
    CHECK(failure_ids(failures).at(1) > before.at(1));
    CHECK(failures.list().at(1).attempts == 9);

    FailureRecord other_refresher = failure_of(1);
    other_refresher.refresher = Guid::random();
    FailureRecord other_node = failure_of(1);
    other_node.incarnation = Guid::random();
    failures.record({failure_of(1, 1), other_refresher, other_node, failure_of(2)});
    CHECK(failed_entries(failures) == Numbers{1, 1, 1, 1, 2});

    failures.record({failure_of(3), failure_of(3)});
    CHECK(failures.list().size() == 6);
  });
}

TEST_CASE("failures of what was not in the log yet are never the same") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    peer.failures().record({failure_of(0), failure_of(0)});
    peer.failures().record({failure_of(0)});
    CHECK(peer.failures().list().size() == 3);
  });
}

TEST_CASE("the newest failures are kept, and no more than a thousand") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    FailureLog& failures = peer.failures();
    std::vector<FailureRecord> many;
    for (std::int64_t entry = 1; entry <= 1002; ++entry) {
      many.push_back(failure_of(entry));
    }
    failures.record(many);
    REQUIRE(failures.list().size() == FailureLog::kMax);
    CHECK(failures.list().front().entry == EntryId{3});
    failures.record({failure_of(1003)});
    REQUIRE(failures.list().size() == FailureLog::kMax);
    CHECK(failures.list().front().entry == EntryId{4});
    CHECK(failures.list().back().entry == EntryId{1003});
  });
}

TEST_CASE("a retry publishes the instruction anew, and drops the record") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    append(*peer.connection, new_entry("[1]"));
    peer.failures().record({failure_of(1), failure_of(2)});
    const Numbers ids = failure_ids(peer.failures());
    const std::uint64_t mark = peer.store->wakeup().mark();
    CHECK(peer.failures().retry(ids.at(0), "who retries") == EntryId{2});
    CHECK(peer.store->wakeup().wait(mark, 20s));

    const Entry entry = peer.log().find({2}).value();
    CHECK(entry.originated == "who retries");
    CHECK(entry.json_instruction == "[1]");
    CHECK(entry.instruction_count == 1);
    CHECK(failed_entries(peer.failures()) == Numbers{2});

    CHECK_FALSE(peer.failures().retry(ids.at(0), "who retries"));
    CHECK(peer.log().newest().id == EntryId{2});
  });
}

TEST_CASE("a failure without an instruction can't be retried, and stays") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    FailureRecord unreadable = failure_of(1);
    unreadable.json_instruction.clear();
    peer.failures().record({unreadable});
    const std::int64_t id = failure_ids(peer.failures()).at(0);
    const Error error = error_of([&] { peer.failures().retry(id, "who retries"); });
    CHECK(error.invalid_argument());
    CHECK(error.operation() == "retry");
    CHECK(peer.failures().find(id));
    CHECK(peer.log().newest().id == EntryId{});
  });
}

TEST_CASE("a failure that was dismissed is gone, and its id is not used again") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    peer.failures().record({failure_of(1), failure_of(2)});
    const Numbers ids = failure_ids(peer.failures());
    CHECK(peer.failures().dismiss(ids.at(1)));
    CHECK_FALSE(peer.failures().dismiss(ids.at(1)));
    CHECK_FALSE(peer.failures().find(ids.at(1)));
    CHECK(failed_entries(peer.failures()) == Numbers{1});
    peer.failures().record({failure_of(3)});
    CHECK(failure_ids(peer.failures()).at(1) > ids.at(1));
  });
}

TEST_CASE("the leader forgets failures of long ago, and of far ahead") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer leader(store);
    FailureLog& failures = leader.failures();
    failures.record({failure_of(1)});
    store.pass(10h);
    failures.record({failure_of(2)});
    const Fence fence = leader.fence();
    CHECK(failures.forget_older(11h, fence) == 0);
    CHECK(failures.forget_older(9h, {fence.holder, fence.number + 1}) == 0);
    CHECK(failures.forget_older(9h, {Guid::random(), fence.number}) == 0);
    CHECK(failures.forget_older(9h, fence) == 1);
    CHECK(failed_entries(failures) == Numbers{2});
    CHECK(failures.forget_older(std::chrono::milliseconds::max(), fence) == 0);
    store.pass(-10h);
    CHECK(failures.forget_older(9h, leader.fence()) == 1);
  });
}

TEST_CASE("each node is listed with the number of its failures") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store);
    Peer two(store);
    one.beat();
    two.beat();
    FailureRecord failure = failure_of(1);
    failure.incarnation = one.report.incarnation;
    failure.node = one.report.name;
    two.failures().record({failure, failure_of(1), failure_of(2)});
    failure.entry = {2};
    two.failures().record({failure});
    CHECK(one.record().quarantined == 2);
    CHECK(two.record().quarantined == 0);
    one.failures().dismiss(failure_ids(one.failures()).at(0));
    CHECK(one.record().quarantined == 1);
  });
}

TEST_CASE("where there is nothing to record, nobody is waited for") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open(10s)->connect(Access::read_write);
    const std::shared_ptr<void> lock = store.lock();
    CHECK_NOTHROW(connection->failures().record({}));
  });
}

TEST_CASE("an instruction that can't be published again stays where it is") {
  on_each_store([](TestStore& store) {
    Peer peer(store);
    peer.failures().record({failure_of(1)});
    store.refuse("who retries");
    const std::int64_t id = failure_ids(peer.failures()).at(0);
    CHECK_THROWS_AS(peer.failures().retry(id, "who retries"), Error);
    CHECK(peer.failures().find(id));
    CHECK(peer.failures().retry(id, "another") == EntryId{1});
  });
}

}  // namespace
}  // namespace crier::test
