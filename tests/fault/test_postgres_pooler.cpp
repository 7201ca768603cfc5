// SPDX-License-Identifier: MIT
// PgBouncer stands before the server.
#include <crier/admin/store.hpp>
#include <crier/node.hpp>

#include "support/child.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/postgres_server.hpp"
#include "support/raw_postgres.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <libpq-fe.h>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

constexpr const char* kPgBouncer = "/usr/sbin/pgbouncer";

bool is_here() {
  if (access(kPgBouncer, X_OK) != 0) {
    MESSAGE("SKIPPED: there is no " << kPgBouncer << " (Debian: pgbouncer)");
    return false;
  }
  return PostgresServer::is_here();
}

class PgBouncer {
 public:
  PgBouncer(const PostgresServer& server, const std::string& mode, const std::string& ignored) {
    std::filesystem::permissions(dir_.path(), std::filesystem::perms::all);
    std::ofstream(dir_ / "pgbouncer.ini")
        << "[databases]\npostgres = host=" << server.folder() << " user=crier\n[pgbouncer]\n"
        << "listen_port = 5432\nunix_socket_dir = " << dir_.path().string()
        << "\nauth_type = any\npool_mode = " << mode << "\nignore_startup_parameters = " << ignored
        << "\n";
    std::vector<std::string> command{"/usr/bin/setpriv", "--pdeathsig=KILL", kPgBouncer,
                                     dir_ / "pgbouncer.ini"};
    if (geteuid() == 0) {
      command.emplace_back("--user=nobody");  // it refuses to run as root
    }
    process_ = std::make_unique<Child>(dir_.path(), "pgbouncer", command);
    const std::string conninfo = "host=" + dir_.path().string() + " user=crier dbname=postgres";
    REQUIRE(eventually([&] { return PQping(conninfo.c_str()) == PQPING_OK; }));
  }
  [[nodiscard]] std::string folder() const { return dir_.path(); }
  [[nodiscard]] std::string url() const {
    return "postgresql://crier@/postgres?deadline=30s&host=" + folder();
  }

 private:
  const TempDir dir_;
  std::unique_ptr<Child> process_;
};

TEST_CASE("postgres: a pooler that does not keep sessions apart is refused in so many words") {
  if (!is_here()) {
    return;
  }
  std::string ignored = "extra_float_digits";
  SUBCASE("it refuses the settings of a session") {}
  SUBCASE("it throws the settings of a session away") { ignored += ", options"; }
  const auto server = PostgresServer::start();
  const PgBouncer pooler(*server, "transaction", ignored);
  const auto store = open_store(pooler.url());
  for (const Access access : {Access::read_only, Access::read_write, Access::create}) {
    const Error error = error_of([&] { static_cast<void>(store->connect(access)); });
    const std::string message = error.what();
    CHECK_FALSE(error.retryable());
    CHECK_MESSAGE(message.find("does not keep sessions apart") != std::string::npos, message);
    CHECK_MESSAGE(message.find("a pooler stands before ") != std::string::npos, message);
    CHECK_MESSAGE(message.find(store->name()) != std::string::npos, message);
  }
  CHECK_FALSE(store->wakeup().wait(store->wakeup().mark(), {}));
  const std::string trouble = store->wakeup().trouble();
  CHECK_MESSAGE(trouble.find("does not keep sessions apart") != std::string::npos, trouble);
}

TEST_CASE("postgres: through a pooler that keeps sessions all works, wake-up and settings too") {
  if (!is_here()) {
    return;
  }
  std::string ignored = "extra_float_digits";
  SUBCASE("it refuses the settings of a session") {}
  SUBCASE("it throws the settings of a session away") { ignored += ", options"; }
  const auto server = PostgresServer::start();
  server->execute("CREATE SCHEMA apart");
  const PgBouncer pooler(*server, "session", ignored);
  const auto store = open_store(pooler.url() + "&schema=apart");
  store->connect(Access::create)->schema().migrate();
  const auto listening = open_store(pooler.url() + "&schema=apart");
  const std::uint64_t mark = listening->wakeup().mark();
  CHECK(append(*store->connect(Access::read_write), new_entry("[]")) == EntryId{1});
  CHECK(listening->wakeup().wait(mark, std::chrono::seconds(30)));
  CHECK(listening->wakeup().trouble().empty());
  CHECK(server->value("SELECT newest FROM apart.crierLog") == "1");
  // What is set is in force: a session that only reads may not write.
  CHECK_THROWS_AS(append(*store->connect(Access::read_only), new_entry("[]")), Error);
}

TEST_CASE("postgres: a pooler of transactions is found, and made do with where listen= is given") {
  if (!is_here()) {
    return;
  }
  std::string ignored = "extra_float_digits";
  SUBCASE("it refuses the settings of a session") {}
  SUBCASE("it throws the settings of a session away") { ignored += ", options"; }
  const auto server = PostgresServer::start();
  const PgBouncer pooler(*server, "transaction", ignored);
  const auto store = open_store(pooler.url() + "&listen=" + server->folder());
  store->connect(Access::create)->schema().migrate();
  CHECK(append(*store->connect(Access::read_write), new_entry("[]")) == EntryId{1});
}

TEST_CASE(
    "postgres: through a pooler of transactions all works, and nothing stays in its sessions") {
  if (!is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  const PgBouncer pooler(*server, "transaction", "extra_float_digits");
  const std::string url =
      pooler.url() + "&schema=apart&pool=transaction&listen=" + server->folder();
  Record record;
  const auto make = [&](const char* name) {
    Options options;
    options.store = url;
    options.migrate_on_start = true;
    options.node_name = name;
    options.keep_position = KeepPosition::in_database;
    options.heartbeat_interval = std::chrono::seconds(2);  // each statement is a transaction
    options.poll_interval = std::chrono::hours(1);         // only a wake-up is heard
    options.log = [](LogLevel, std::string_view) {};
    Registry registry;
    registry.add(std::make_shared<RecordingRefresher>(kProducts, "products", record));
    return std::make_unique<Node>(options, std::move(registry));
  };
  const auto web = make("web");
  const auto other = make("other");
  web->start();
  other->start();
  EntryId last;
  for (std::int64_t id = 1; id <= 20; ++id) {
    last = web->cache().refresh(kProducts, id);
  }
  CHECK(static_cast<bool>(web->wait_everywhere(last, std::chrono::seconds(60))));
  CHECK(static_cast<bool>(
      other->wait_applied(other->cache().refresh_all(kProducts), std::chrono::seconds(60))));
  web->shared_cache().set("a", "1");
  CHECK(other->shared_cache().get("a") == "1");
  CHECK(eventually([&] {
    return web->role() == Role::scheduling_publisher || other->role() == Role::scheduling_publisher;
  }));

  RawPostgres app("host=" + pooler.folder() + " user=crier dbname=postgres");
  app.exec("BEGIN; SET LOCAL search_path = apart");
  TransactionBatch batch = web->cache().batch_in(app.handle());
  batch.refresh(kProducts, 7);
  CHECK_FALSE(batch.write());
  app.exec("COMMIT");
  const std::optional<EntryId> written = batch.committed();
  REQUIRE(written);
  CHECK(static_cast<bool>(other->wait_applied(*written, std::chrono::seconds(60))));
  CHECK(open_store(url)->wakeup().trouble().empty());
  CHECK_THROWS_AS(append(*open_store(url)->connect(Access::read_only), new_entry("[]")), Error);

  // What the pooler's clients find: nothing of crier's, in whichever session.
  for (int i = 0; i < 20; ++i) {
    CHECK(app.value("SELECT current_setting('statement_timeout') || current_setting('search_path')"
                    " || current_setting('row_security') || (SELECT count(*) FROM "
                    "pg_prepared_statements)") == "0\"$user\", publicon0");
  }
  web->stop();
  other->stop();
}

TEST_CASE("postgres: through a pooler of transactions a role's lock_timeout cuts no wait short") {
  if (!is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  server->execute("ALTER ROLE crier SET lock_timeout = '1ms'");
  const PgBouncer pooler(*server, "transaction", "extra_float_digits");
  const auto store = open_store(pooler.url() + "&pool=transaction&listen=" + server->folder());
  store->connect(Access::create)->schema().migrate();
  const auto connection = store->connect(Access::read_write);
  RawPostgres holder("host=" + server->folder() + " user=crier dbname=postgres");
  holder.exec("BEGIN; SELECT FROM crierLog FOR UPDATE");
  std::thread publisher([&] { CHECK(append(*connection, new_entry("[]")) == EntryId{1}); });
  CHECK(eventually([&] {
    return server->value(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
               "now() - query_start > interval '50 ms'") == "1";
  }));
  holder.exec("COMMIT");
  publisher.join();
}

TEST_CASE("postgres: without listen= a pooler of transactions is polled through, which is said") {
  if (!is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  const PgBouncer pooler(*server, "transaction", "extra_float_digits");
  const auto store = open_store(pooler.url() + "&pool=transaction");
  store->connect(Access::create)->schema().migrate();
  const std::string trouble = store->wakeup().trouble();
  CHECK_MESSAGE(trouble.find("names no other address") != std::string::npos, trouble);
  const auto direct = open_store(server->url());
  const std::uint64_t mark = direct->wakeup().mark();
  CHECK(append(*store->connect(Access::read_write), new_entry("[]")) == EntryId{1});
  CHECK(direct->wakeup().wait(mark, std::chrono::seconds(30)));  // others are woken all the same
  CHECK_FALSE(store->wakeup().wait(store->wakeup().mark(), {}));
}

TEST_CASE(
    "postgres: a pooler of statements is told from one of transactions: nothing works there") {
  if (!is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  const PgBouncer pooler(*server, "statement", "extra_float_digits");
  for (const std::string more : {"", "&pool=transaction"}) {
    CAPTURE(more);
    const auto store = open_store(pooler.url() + more);
    const Error error = error_of([&] { store->connect(Access::create)->schema().migrate(); });
    const std::string message = error.what();
    CHECK_FALSE(error.retryable());
    CHECK_MESSAGE(message.find("pool_mode = session") != std::string::npos, message);
    CHECK_MESSAGE(message.find("try again") == std::string::npos, message);
    if (!more.empty()) {
      CHECK_MESSAGE(message.find("pool_mode = statement") != std::string::npos, message);
    }
  }
}

TEST_CASE("postgres: an address that leads to another log is no wake-up") {
  if (!is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  const auto elsewhere = PostgresServer::start_another();
  open_store(elsewhere->url())->connect(Access::create)->schema().migrate();
  const auto store = open_store(server->url("&listen=" + elsewhere->folder()));
  store->connect(Access::create)->schema().migrate();
  static_cast<void>(store->connect(Access::read_only));
  CHECK_FALSE(store->wakeup().wait(store->wakeup().mark(), {}));
  const std::string trouble = store->wakeup().trouble();
  CHECK_MESSAGE(trouble.find("listen leads there, and the log is another one") != std::string::npos,
                trouble);
}

}  // namespace
}  // namespace crier::test
