// SPDX-License-Identifier: MIT
// Time-outs that the server or the role has, beside the deadline of a store.
#include <crier/admin/store.hpp>

#include "contract/postgres_test_store.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

namespace crier::test {
namespace {

TEST_CASE("postgres: a role's own lock_timeout does not cut a wait short") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto connection =
      open_store(space.url("&deadline=30s&application_name=patient&options=-c%20lock_timeout%3D1"))
          ->connect(Access::read_write);
  RawPostgres holder(space.conninfo());
  holder.exec("BEGIN; SELECT FROM crierLog FOR UPDATE");
  std::thread publisher([&] { CHECK(append(*connection, new_entry("[]")) == EntryId{1}); });
  CHECK(eventually([&] {
    return RawPostgres(space.conninfo())
               .value(
                   "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'patient' "
                   "AND wait_event_type = 'Lock' AND now() - query_start > interval '50 ms'") ==
           "1";
  }));
  holder.exec("COMMIT");
  publisher.join();
}

TEST_CASE("postgres: a session that was ended while it was idle costs no error") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto connection = open_store(space.url("&deadline=30s&application_name=" + space.schema()))
                              ->connect(Access::read_write);
  for (int round = 0; round < 3; ++round) {
    CHECK(append(*connection, new_entry("[]")) == EntryId{round + 1});
    space.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '" +
        space.schema() + "'");
    CHECK(eventually([&] { return sessions(space, space.schema()).empty(); }));
  }
}

TEST_CASE("postgres: an idle_session_timeout does not end a session of crier's") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  if (RawPostgres(space.conninfo()).value("SHOW server_version_num") < "140000") {
    return;  // it has none
  }
  const auto connection = open_store(space.url("&deadline=30s&application_name=resting"
                                               "&options=-c%20idle_session_timeout%3D3000"))
                              ->connect(Access::read_write);
  CHECK(append(*connection, new_entry("[]")) == EntryId{1});
  CHECK(eventually([&] {
    return RawPostgres(space.conninfo())
               .value(
                   "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'resting' "
                   "AND now() - state_change > interval '3500 ms'") == "1";
  }));
}

}  // namespace
}  // namespace crier::test
