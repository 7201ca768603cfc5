// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "contract/long_wait.hpp"
#include "contract/postgres_test_store.hpp"
#include "support/eventually.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <exception>
#include <string>
#include <thread>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// A role that can be kept out.
struct Role {
  explicit Role(const PostgresSpace& space) : admin(space.conninfo()), name("r" + space.schema()) {
    admin.exec("CREATE ROLE " + name + " LOGIN SUPERUSER");
  }
  ~Role() {
    try {
      admin.exec("DROP ROLE " + name);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it goes with the server
    }
  }
  Role(const Role&) = delete;
  Role& operator=(const Role&) = delete;

  void shut_out() {
    admin.exec("ALTER ROLE " + name + " NOLOGIN");
    admin.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + name +
               "'");
  }
  void let_in() { admin.exec("ALTER ROLE " + name + " LOGIN"); }

  RawPostgres admin;
  const std::string name;
};

TEST_CASE("postgres: who finds the tables by another search_path is rung, too") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const PostgresSpace empty;
  const auto open_by = [&](const std::string& search_path) {
    return open_store("host=" + postgres_folder() +
                      " user=crier dbname=crier options='-c search_path=" + search_path + "'");
  };
  const auto mine = open_by(space.schema());
  const auto others = open_by(empty.schema() + "," + space.schema());
  const std::uint64_t mark = mine->wakeup().mark();
  others->wakeup().ring();
  CHECK(mine->wakeup().wait(mark, kLong));
}

TEST_CASE("postgres: a bell whose session was ended says so, and heals") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  Role role(space);
  {
    const auto mine = open_store("postgresql://" + role.name + "@/crier?host=" + postgres_folder() +
                                 "&schema=" + space.schema() + "&application_name=bell");
    const auto others = open_store(space.url());
    std::uint64_t mark = mine->wakeup().mark();
    CHECK(mine->wakeup().trouble().empty());
    CHECK(sessions(space, "bell").size() == 1);

    role.shut_out();
    CHECK(eventually([&] { return !mine->wakeup().trouble().empty(); }));
    const std::string trouble = mine->wakeup().trouble();
    CHECK_MESSAGE(trouble.starts_with("others are not heard, and what they write is found by "
                                      "polling: "),
                  trouble);
    CHECK_FALSE(mine->wakeup().wait(mine->wakeup().mark(), 1ms));
    mine->wakeup().ring();  // its own are heard all the while
    CHECK(mine->wakeup().wait(mark, kLong));

    mark = mine->wakeup().mark();
    const std::uint64_t others_mark = others->wakeup().mark();
    role.let_in();
    CHECK(mine->wakeup().wait(mark, kLong));  // for what it may have missed
    CHECK(eventually([&] { return mine->wakeup().trouble().empty(); }));
    CHECK(others->wakeup().wait(others_mark, kLong));  // what it rang meanwhile
    mark = mine->wakeup().mark();
    others->wakeup().ring();
    CHECK(mine->wakeup().wait(mark, kLong));
  }
}

TEST_CASE("postgres: a ring whose sending fails is sent once the bell has healed") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto mine = open_store(space.url("&application_name=owes"));
  const auto others = open_store(space.url());
  static_cast<void>(mine->wakeup().mark());
  const std::uint64_t mark = others->wakeup().mark();
  RawPostgres raw(space.conninfo());
  const std::string pid =
      raw.value("SELECT pid FROM pg_stat_activity WHERE application_name = 'owes'");
  // It dies of what came first when it goes on: the ring is not sent by then.
  REQUIRE(kill(std::stoi(pid), SIGSTOP) == 0);
  raw.exec("SELECT pg_terminate_backend(" + pid + ")");
  mine->wakeup().ring();
  std::this_thread::yield();
  kill(std::stoi(pid), SIGCONT);
  CHECK(others->wakeup().wait(mark, kLong));
}

TEST_CASE("postgres: logs in other schemas are not rung") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace here;
  const MigratedSpace there;
  const auto mine = open_store(here.url());
  const auto others = open_store(there.url());
  const auto ours = open_store(here.url());
  const std::uint64_t mark = mine->wakeup().mark();
  const std::uint64_t theirs = others->wakeup().mark();
  ours->wakeup().ring();
  CHECK(mine->wakeup().wait(mark, kLong));
  CHECK(others->wakeup().mark() == theirs);
}

}  // namespace
}  // namespace crier::test
