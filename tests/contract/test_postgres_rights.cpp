// SPDX-License-Identifier: MIT
// The rights that `crier grants` gives are enough, and no more than that.
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "contract/postgres_roles.hpp"
#include "contract/postgres_test_store.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

template <class Call>
void check_denied(Call call) {
  const std::string message = message_of(call);
  CHECK_MESSAGE(message.find("permission denied") != std::string::npos, message);
}

TEST_CASE("postgres: a publisher appends, and does no more") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  const auto publisher = roles.connect("publisher", Access::read_write);
  CHECK(publisher->schema().status().state == SchemaState::current);
  CHECK(append(*publisher, new_entry("[]")) == EntryId{1});
  check_denied([&] { static_cast<void>(publisher->log().read_after({})); });
  check_denied([&] { publisher->nodes().beat(new_report("x")); });
  check_denied([&] { static_cast<void>(publisher->log().prune({})); });
}

TEST_CASE("postgres: an application lets its news ride, wherever its search_path leads") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  const auto node = roles.connect("node", Access::read_write);
  const auto store = open_store(roles.url());
  RawPostgres app("host=" + postgres_folder() + " dbname=crier user=" + roles.name("application"));
  for (const std::string begin : {"BEGIN", "BEGIN ISOLATION LEVEL SERIALIZABLE"}) {
    app.exec(begin);
    store->append_in(app.handle(), std::vector{new_entry("[1]")});
    app.exec("COMMIT");
  }
  CHECK(node->log().assign_pending_ids());
  CHECK(all_ids(*node) == std::vector<std::int64_t>{1, 2});
  CHECK_THROWS_WITH(app.exec("DELETE FROM " + roles.schema() + ".crierPending"),
                    doctest::Contains("permission denied"));
  CHECK_THROWS_WITH(app.exec("UPDATE " + roles.schema() + ".crierLog SET newest = 0"),
                    doctest::Contains("permission denied"));
}

TEST_CASE("postgres: a reader looks, and does no more") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  const auto node = roles.connect("node", Access::read_write);
  append(*node, new_entry("[]"));
  node->cache().set("a", "1", {.sliding = 1h});
  roles.execute("UPDATE crierCache SET expiresMs = expiresMs - 600000");  // a read is to renew it
  const auto reader = roles.connect("reader", Access::read_write);
  CHECK(reader->schema().status().state == SchemaState::current);
  CHECK(reader->log().read_after({}).entries.size() == 1);
  CHECK(reader->log().pruned_through() == EntryId{});
  CHECK(reader->nodes().list().empty());
  CHECK(reader->nodes().position_requests().empty());
  CHECK(reader->failures().list().empty());
  CHECK(reader->cache().get("a") == "1");
  CHECK(reader->cache().stats().entries == 1);
  check_denied([&] { reader->cache().set("a", "2", {}); });
  check_denied([&] { append(*reader, new_entry("[]")); });
  check_denied([&] { reader->nodes().beat(new_report("x")); });
}

TEST_CASE("postgres: a node does all that nodes do, and makes no tables") {
  if (postgres_folder().empty()) {
    return;
  }
  const Roles roles;
  const auto node = roles.connect("node", Access::read_write);
  const NodeReport report = new_report("web");
  NodeDirectory& nodes = node->nodes();
  CHECK(nodes.beat(report).alone);
  const Fence fence{report.incarnation, node->leases().hold(report.incarnation, 1h).fencing};
  CHECK(nodes.claim_position(report).owned);
  CHECK(nodes.save_position(report, {}, false));
  nodes.withdraw_request(nodes.request_position({1}, 1h));
  CHECK(nodes.send_canary(new_entry("[]"), 1h, fence) == EntryId{1});
  CHECK(append(*node, new_entry("[]")) == EntryId{2});
  CHECK(node->log().read_after({}).entries.size() == 2);
  FailureRecord failure;
  failure.json_instruction = "[]";
  node->failures().record({failure});
  const std::int64_t id = node->failures().list().at(0).id;
  CHECK(node->failures().retry(id, "x") == EntryId{3});
  CHECK_FALSE(node->failures().dismiss(id));
  CHECK(node->failures().forget_older(1h, fence) == 0);
  SharedCacheTable& cache = node->cache();
  CHECK(cache.add("a", "1", cache.lookup("a").stamp, {}));
  cache.set("b", "2", {.sliding = 1h});
  cache.remove("c");
  roles.execute("UPDATE crierCache SET expiresMs = expiresMs - 600000");
  CHECK(cache.get("b") == "2");
  CHECK(cache.forget_gone(10, fence).rows == 1);
  CHECK(cache.clear({}, 10).entries == 2);
  nodes.goodbye(report.incarnation);
  CHECK(nodes.forget("web") == 2);
  CHECK(node->log().prune({.older_than = 0ms}).rows == 2);
  node->leases().release(report.incarnation);
  check_denied([&] {
    roles.execute(
        "DROP TABLE crierEvent, crierRefresher, crierProgress, crierAudit; "
        "DELETE FROM crierMigration WHERE version >= 7");
    node->schema().migrate();
  });
}

}  // namespace
}  // namespace crier::test
