// SPDX-License-Identifier: MIT
// What a connection asks of its session, and whose session it stays.
#include <crier/admin/store.hpp>

#include "contract/postgres_test_store.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/forked.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE("postgres: a default isolation of the role's does not reach crier's statements") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto store = open_store(
      space.url("&deadline=30s&options=-c%20default_transaction_isolation%3Dserializable"));
  // SERIALIZABLE would refuse whoever has waited for the counter.
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 4; ++writer) {
      writers.emplace_back([&] {
        const auto connection = store->connect(Access::read_write);
        for (int n = 0; n < 50; ++n) {
          try {
            append(*connection, new_entry("[]"));
          } catch (const Error&) {
            ++failures;
          }
        }
      });
    }
  }
  CHECK(failures == 0);
}

TEST_CASE("postgres: the server keeps a deadline that was changed, and the session stays") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto connection =
      open_store(space.url("&deadline=30s&application_name=kept"))->connect(Access::read_write);
  const std::vector<std::string> pids = sessions(space, "kept");
  append(*connection, new_entry("[]"));  // what a first one prepares is no part of the second
  connection->set_deadline(1s);
  static_cast<void>(connection->log().newest());
  RawPostgres raw(space.conninfo());
  raw.exec("BEGIN; SELECT 1 FROM crierLog FOR UPDATE");
  const std::string message = message_of([&] { append(*connection, new_entry("[]")); });
  CHECK(message.find("did not finish in 1s, or was locked") != std::string::npos);
  CHECK(sessions(space, "kept") == pids);
}

TEST_CASE("postgres: a child, by fork(), leaves its parent's connection as it is") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto store = open_store(space.url("&deadline=30s&application_name=parent"));
  auto connection = store->connect(Access::read_write);
  append(*connection, new_entry("[]"));
  const std::vector<std::string> pids = sessions(space, "parent");
  Forked child([&] {
    bool refused = false;
    try {
      append(*connection, new_entry("[]"));
    } catch (const Error&) {
      refused = true;
    }
    connection.reset();
    return refused ? 0 : 1;
  });
  CHECK(child.wait() == 0);
  CHECK(append(*connection, new_entry("[]")) == EntryId{2});
  CHECK(sessions(space, "parent").front() == pids.front());
}

}  // namespace
}  // namespace crier::test
