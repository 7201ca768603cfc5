// SPDX-License-Identifier: MIT
// The shared cache in PostgreSQL: what writers do to each other there, and databases that are not
// as they should be.
#include <crier/admin/store.hpp>
#include <crier/shared_cache.hpp>

#include "contract/postgres_test_store.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

const std::string kSet =
    "INSERT INTO crierCache VALUES ('a', 77, NULL, NULL, NULL, 'new') "
    "ON CONFLICT (key) DO UPDATE SET stamp = 77, expiresMs = NULL, value = 'new'";

struct Space : MigratedSpace {
  const std::shared_ptr<Store> store =
      open_store(url("&deadline=30s&application_name=" + schema()));
  const std::unique_ptr<Connection> connection = store->connect(Access::read_write);
  SharedCacheTable& cache = connection->cache();

  // Runs `call` while another session is in a transaction that has run `sql`, which is committed
  // when `call` waits for it.
  template <class Call>
  void while_another_writes(const std::string& sql, Call call) const {
    RawPostgres other(conninfo());
    other.exec("BEGIN; " + sql);
    std::jthread committer([&] {
      RawPostgres watcher(conninfo());
      CHECK(eventually([&] {
        return watcher.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = '" +
                             schema() + "' AND wait_event_type = 'Lock' AND '" +
                             other.value("SELECT pg_backend_pid()") +
                             "' = ANY (pg_blocking_pids(pid)::text[])") == "1";
      }));
      other.exec("COMMIT");
    });
    call();
  }
};

TEST_CASE("postgres: many callers share the cache's sessions, and none fails for that") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto cache =
      open_shared_cache(space.url("&deadline=30s&application_name=cache"), {.max_sessions = 2});
  std::atomic<int> done = 0;
  std::vector<std::jthread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&, key = std::to_string(i)] {
      for (int turn = 0; turn < 50; ++turn) {
        cache->set(key, std::to_string(turn));
        done += cache->get(key) == std::to_string(turn) ? 1 : 0;
      }
    });
  }
  CHECK(eventually([&] {
    CHECK(sessions(space, "cache").size() <= 2);
    return done == 8 * 50;
  }));
  callers.clear();
  CHECK(sessions(space, "cache").size() <= 2);
}

TEST_CASE("postgres: a fill that waits for a set or a removal is refused") {
  if (postgres_folder().empty()) {
    return;
  }
  const Space space;
  const SharedStamp never = space.cache.lookup("a").stamp;
  space.while_another_writes(kSet, [&] { CHECK_FALSE(space.cache.add("a", "old", never, {})); });
  CHECK(space.cache.get("a") == "new");
  space.cache.remove("a");
  const SharedStamp removed = space.cache.lookup("a").stamp;
  space.while_another_writes(kSet, [&] { CHECK_FALSE(space.cache.add("a", "old", removed, {})); });
  CHECK(space.cache.get("a") == "new");
}

TEST_CASE("postgres: a fill waits for whoever deletes, and then knows of it") {
  if (postgres_folder().empty()) {
    return;
  }
  const Space space;
  const SharedStamp miss = space.cache.lookup("a").stamp;
  space.while_another_writes(
      "LOCK TABLE crierLock IN SHARE ROW EXCLUSIVE MODE; "
      "INSERT INTO crierCache (key, stamp) VALUES ('', 78)",
      [&] { CHECK_FALSE(space.cache.add("a", "old", miss, {})); });
  CHECK_FALSE(space.cache.get("a"));
}

TEST_CASE("postgres: whoever deletes waits for a fill, and deletes what it has stored") {
  if (postgres_folder().empty()) {
    return;
  }
  const Space space;
  space.while_another_writes("LOCK TABLE crierLock IN ROW EXCLUSIVE MODE; " + kSet,
                             [&] { CHECK(space.cache.clear({}, 10).entries == 1); });
  CHECK_FALSE(space.cache.get("a"));
}

TEST_CASE("postgres: an entry that is set anew while its old row is deleted stays") {
  if (postgres_folder().empty()) {
    return;
  }
  const Space space;
  const Guid self = Guid::random();
  const Fence fence{self, space.connection->leases().hold(self, 1h).fencing};
  space.cache.set("a", "old", {.after = 1h});
  space.execute("UPDATE crierCache SET expiresMs = expiresMs - 7200000");
  space.while_another_writes(kSet, [&] { CHECK(space.cache.forget_gone(10, fence).rows == 0); });
  CHECK(space.cache.get("a") == "new");
}

TEST_CASE("postgres: a row is kept a little longer than fills are taken") {
  if (postgres_folder().empty()) {
    return;
  }
  const Space space;
  const Guid self = Guid::random();
  const Fence fence{self, space.connection->leases().hold(self, 1h).fencing};
  const auto pass = [&](std::chrono::milliseconds time) {
    space.execute("UPDATE crierCache SET expiresMs = expiresMs - " + std::to_string(time.count()));
  };
  space.cache.remove("a");
  pass(SharedCache::kRemembers);
  CHECK(space.cache.forget_gone(10, fence).rows == 0);
  pass(10s);
  CHECK(space.cache.forget_gone(10, fence).rows == 1);
}

TEST_CASE("postgres: a renewal waits for nobody") {
  if (postgres_folder().empty()) {
    return;
  }
  const Space space;
  space.cache.set("a", "1", {.sliding = 1h});
  space.execute("UPDATE crierCache SET expiresMs = expiresMs - 600000");
  RawPostgres other(space.conninfo());
  other.exec("BEGIN; SELECT 1 FROM crierCache FOR UPDATE");
  const auto begin = std::chrono::steady_clock::now();
  CHECK(space.cache.get("a") == "1");
  CHECK(std::chrono::steady_clock::now() - begin < 15s);  // of the 30 that the call has
  other.exec("COMMIT");
  const std::string expiry = "SELECT expiresMs FROM crierCache";
  const std::int64_t before = std::stoll(other.value(expiry));
  CHECK(space.cache.get("a") == "1");  // the transaction that failed is over
  CHECK(std::stoll(other.value(expiry)) > before);
  CHECK(other.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = '" +
                    space.schema() +
                    "' "
                    "AND state LIKE 'idle in transaction%'") == "0");
}

TEST_CASE("postgres: a cache that is not there, or may not be written, says so") {
  if (postgres_folder().empty()) {
    return;
  }
  const Space space;
  space.cache.set("a", "1", {.sliding = 1h});
  space.execute("UPDATE crierCache SET expiresMs = expiresMs - 600000");
  const auto reader = space.store->connect(Access::read_only);
  CHECK(reader->cache().get("a") == "1");  // and it is not renewed
  const std::string only = "the database '" + space.store->name() + "' was opened for reading only";
  CHECK(message_of([&] { reader->cache().set("a", "2", {}); }) == only);
  CHECK(message_of([&] { reader->cache().remove("a"); }) == only);
  CHECK(message_of([&] { reader->cache().clear({}, 1); }) == only);

  space.execute("DROP TABLE crierCache");
  const Guid self = Guid::random();
  const Fence fence{self, space.connection->leases().hold(self, 1h).fencing};
  CHECK(space.cache.forget_gone(10, fence).rows == 0);
  const std::string message = message_of([&] { static_cast<void>(space.cache.get("a")); });
  CHECK_MESSAGE(message.find("; create them with: crier --store ") != std::string::npos, message);
}

}  // namespace
}  // namespace crier::test
