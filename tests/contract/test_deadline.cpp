// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("an append ends by its deadline while another holds the lock, and may be tried again") {
  on_each_store([](TestStore& store) {
    const auto opened = store.open(30s);  // a busy machine may take long to connect
    const auto connection = opened->connect(Access::read_write);
    connection->set_deadline(60ms);
    std::shared_ptr<void> lock = store.lock();

    const Error error = error_of([&] { append(*connection, new_entry("[]")); });
    CHECK(error.retryable());
    CHECK(error.operation() == "append");
    const std::string place = opened->name().substr(opened->name().find(':') + 1);
    CHECK(std::string(error.what()).find(place) != std::string::npos);
    CHECK(std::string(error.what()).find("60ms") != std::string::npos);

    lock.reset();
    connection->set_deadline(30s);
    CHECK(append(*connection, new_entry("[]")) == EntryId{1});
  });
}

TEST_CASE("a connection keeps the deadline that it is given") {
  on_each_cluster_store([](ClusterStore& store) {
    const auto opened = store.open();
    const auto connection = opened->connect(Access::read_write);
    CHECK(connection->deadline() > 60ms);
    connection->set_deadline(60ms);
    CHECK(connection->deadline() == 60ms);
    CHECK(opened->connect(Access::read_write)->deadline() > 60ms);
    connection->set_deadline(std::chrono::milliseconds::max());
    connection->log().append(std::vector(1000, new_entry("[]")));
    CHECK(all_ids(*connection).size() == 1000);
  });
}

TEST_CASE("a write that waited in vain leaves its connection as it was") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open(30s)->connect(Access::read_write);
    connection->set_deadline(60ms);
    std::shared_ptr<void> lock = store.lock();
    CHECK(error_of([&] { connection->nodes().withdraw_request(1); }).retryable());
    CHECK(error_of([&] { connection->cache().set("a", "1", {}); }).retryable());
    connection->set_deadline(30s);
    CHECK(connection->nodes().position_requests().empty());

    lock.reset();
    connection->nodes().withdraw_request(1);
    connection->cache().set("a", "1", {});
    CHECK(connection->cache().get("a") == "1");
  });
}

TEST_CASE("a deadline that was shortened is the one that counts") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open(30s)->connect(Access::read_write);
    CHECK(connection->deadline() == 30s);
    connection->set_deadline(60ms);
    const std::shared_ptr<void> lock = store.lock();
    const Error error = error_of([&] { append(*connection, new_entry("[]")); });
    CHECK(error.retryable());
    CHECK(std::string(error.what()).find("60ms") != std::string::npos);
  });
}

TEST_CASE("reading does not wait for a writer") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open(10s)->connect(Access::read_write);
    append(*connection, new_entry("[]"));
    const std::shared_ptr<void> lock = store.lock();
    CHECK(connection->log().read_after({}).entries.size() == 1);
    CHECK(connection->log().newest().id == EntryId{1});
    CHECK(connection->schema().status().state == SchemaState::current);
  });
}

TEST_CASE("an append that outlives its deadline is undone, and may be tried again") {
  on_each_store([](TestStore& store) {
    const auto connection = store.open(30s)->connect(Access::read_write);
    const std::vector<NewEntry> many(100'000, new_entry("[]"));
    connection->set_deadline(20ms);
    CHECK(error_of([&] { connection->log().append(many); }).retryable());
    connection->set_deadline(30s);
    CHECK(append(*connection, new_entry("[]")) == EntryId{1});
  });
}

TEST_CASE("a deadline must be of a sensible length") {
  for (const std::string url : {"x.db?deadline=0ms", "x.db?deadline=0s", "x.db?deadline=1441m",
                                "x.db?deadline=9223372036854775807m"}) {
    CAPTURE(url);
    CHECK(message_of([&] { static_cast<void>(open_store(url)); }) ==
          "the store's deadline must be between 1ms and 1440m");
  }
  CHECK_NOTHROW(static_cast<void>(open_store("x.db?deadline=1440m")));
  CHECK_NOTHROW(static_cast<void>(open_store("x.db?deadline=1ms")));
  CHECK_NOTHROW(static_cast<void>(open_store("x.db")));
}

}  // namespace
}  // namespace crier::test
