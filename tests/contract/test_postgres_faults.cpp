// SPDX-License-Identifier: MIT
// What goes wrong with a server, and what is said of it.
#include <crier/admin/store.hpp>

#include "contract/postgres_test_store.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// Those that are there; others may come at once.
void end_sessions(const PostgresSpace& space, const std::string& application) {
  RawPostgres raw(space.conninfo());
  for (const std::string& pid : sessions(space, application)) {
    raw.exec("SELECT pg_terminate_backend(" + pid + ")");
    CHECK(eventually([&] {
      return raw.value("SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid) == "0";
    }));
  }
}

bool says(const std::string& message, const std::string& words) {
  const bool found = message.find(words) != std::string::npos;
  CHECK_MESSAGE(found, message << "\nlacks: " << words);
  return found;
}

// A message names the server, and no secret.
void check_names(const std::string& message, const Store& store) {
  says(message, store.name());
  CHECK(message.find("s3cr3t") == std::string::npos);
}

// A server that takes connections and never says a word.
class Silence {
 public:
  Silence() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(listen(socket_, 8) == 0);
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~Silence() { close(socket_); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  [[nodiscard]] std::string port() const { return std::to_string(port_); }

 private:
  const int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int port_ = 0;
};

TEST_CASE("postgres: a session that the server ends is told, and the next call has another one") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto store = open_store(space.url("&application_name=ended"));
  const auto connection = store->connect(Access::read_write);
  append(*connection, new_entry("[]"));
  RawPostgres holder(space.conninfo());
  holder.exec("BEGIN; SELECT FROM crierLog FOR UPDATE");
  std::jthread ends([&] {
    CHECK(eventually([&] {
      return RawPostgres(space.conninfo())
                 .value(
                     "SELECT wait_event_type FROM pg_stat_activity WHERE application_name = "
                     "'ended'") == "Lock";
    }));
    end_sessions(space, "ended");
  });
  const Error error = error_of([&] { append(*connection, new_entry("[]")); });
  ends.join();
  holder.exec("ROLLBACK");
  CHECK(error.retryable());
  CHECK(error.operation() == "append");
  check_names(error.what(), *store);
  CHECK(append(*connection, new_entry("[]")) == EntryId{2});
  CHECK(connection->log().read_after({}).entries.size() == 2);
}

TEST_CASE("postgres: a session that stands still ends the call by its deadline") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto store = open_store(space.url("&application_name=still"));
  const auto connection = store->connect(Access::read_write);
  static_cast<void>(connection->log().newest());
  connection->set_deadline(500ms);
  const std::vector<std::string> pids = sessions(space, "still");
  REQUIRE(pids.size() == 1);
  const pid_t pid = std::stoi(pids[0]);
  REQUIRE(kill(pid, SIGSTOP) == 0);
  const auto begin = std::chrono::steady_clock::now();
  const Error error = error_of([&] { static_cast<void>(connection->log().newest()); });
  CHECK(std::chrono::steady_clock::now() - begin >= 500ms);
  kill(pid, SIGCONT);
  CHECK(error.retryable());
  says(error.what(), "gave no answer in 500ms");
  check_names(error.what(), *store);
  connection->set_deadline(20s);
  CHECK(connection->log().newest().id == EntryId{});
}

TEST_CASE("postgres: a server that says nothing ends the attempt to connect") {
  if (postgres_folder().empty()) {
    return;
  }
  const Silence silence;
  const auto store = open_store("postgresql://u:s3cr3t@127.0.0.1:" + silence.port() +
                                "/db?deadline=10ms&sslmode=disable");
  const Error error = error_of([&] { static_cast<void>(store->connect(Access::read_write)); });
  CHECK(error.retryable());
  CHECK(error.operation() == "open");
  says(error.what(), "gave no answer in time");
  check_names(error.what(), *store);
}

TEST_CASE("postgres: where no server is, it may be tried again") {
  const auto store = open_store("postgresql://u:s3cr3t@/db?host=/nowhere");
  const Error error = error_of([&] { static_cast<void>(store->connect(Access::read_only)); });
  CHECK(error.retryable());
  says(error.what(), "can't connect to the database 'postgresql:///db?host=/nowhere'");
  check_names(error.what(), *store);
}

TEST_CASE("postgres: what a server refuses is said once, and is no use to try again") {
  if (postgres_folder().empty()) {
    return;
  }
  const auto refused = [](const std::string& who, const std::string& database) {
    const auto store =
        open_store("postgresql://" + who + "@/" + database + "?host=" + postgres_folder());
    const Error error = error_of([&] { static_cast<void>(store->connect(Access::read_write)); });
    CHECK_FALSE(error.retryable());
    check_names(error.what(), *store);
    return std::string(error.what());
  };
  says(refused("crier", "nowhere"), "database \"nowhere\" does not exist");
  says(refused("nobody:s3cr3t", "crier"), "role \"nobody\" does not exist");
  says(refused("locked:s3cr3t", "crier"),
       "password authentication failed for user \"locked\"; give the password in a file for "
       "PGPASSFILE");
  says(refused("locked", "crier"), "no password supplied");
}

TEST_CASE("postgres: tables that are not there are named with the command that makes them") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  const auto store = open_store(space.url());
  const auto connection = store->connect(Access::read_write);
  const Error error = error_of([&] { append(*connection, new_entry("[]")); });
  says(error.what(), "create them with: crier --store");
  check_names(error.what(), *store);
  CHECK(connection->nodes().position_requests().empty());
  CHECK_FALSE(connection->nodes().canary());
}

TEST_CASE("postgres: a role that may not write says which right is missing") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const std::string reader = "reader" + space.schema();
  space.execute("CREATE ROLE " + reader + " LOGIN; GRANT USAGE ON SCHEMA " + space.schema() +
                " TO " + reader + "; GRANT SELECT ON ALL TABLES IN SCHEMA " + space.schema() +
                " TO " + reader);
  const auto store =
      open_store("postgresql://" + reader + "@/crier?deadline=30s&host=" + postgres_folder() +
                 "&schema=" + space.schema());
  const auto connection = store->connect(Access::read_write);
  CHECK(connection->log().read_after({}).entries.empty());
  const Error error = error_of([&] { append(*connection, new_entry("[]")); });
  CHECK_FALSE(error.retryable());
  says(error.what(), "permission denied for function crierappend");
  check_names(error.what(), *store);
  space.execute("DROP OWNED BY " + reader + "; DROP ROLE " + reader);
}

TEST_CASE("postgres: a server that may only be read refuses writers, and lets readers in") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto store = open_store(space.url("&options=-c%20default_transaction_read_only%3Don"));
  CHECK(store->connect(Access::read_only)->log().newest().id == EntryId{});
  const Error error = error_of([&] { static_cast<void>(store->connect(Access::read_write)); });
  says(error.what(), "default_transaction_read_only");
  check_names(error.what(), *store);
}

TEST_CASE("postgres: text that is no UTF-8 or holds NUL is the caller's mistake") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto connection = open_store(space.url())->connect(Access::read_write);
  for (const std::string& text : {std::string("a\0b", 3), std::string("\xff")}) {
    const Error error = error_of([&] { append(*connection, new_entry(text)); });
    CHECK(error.invalid_argument());
    says(error.what(), "UTF-8 without NUL");
  }
  CHECK(append(*connection, new_entry("[]")) == EntryId{1});
}

TEST_CASE("postgres: tables that were made anew are another log, which readers hear of once") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto store = open_store(space.url());
  const auto reader = store->connect(Access::read_only);
  append(*store->connect(Access::read_write), new_entry("[]"));
  CHECK(reader->log().read_after({1}).anchor);

  space.execute("DROP SCHEMA " + space.schema() + " CASCADE");
  store->connect(Access::create)->schema().migrate();
  append(*store->connect(Access::read_write), new_entry("[]"));
  const Error error = error_of([&] { static_cast<void>(reader->log().read_after({1})); });
  CHECK(error.replaced());
  says(error.what(), "made anew, or restored");
  check_names(error.what(), *store);
  CHECK(store->connect(Access::read_only)->log().read_after({}).entries.size() == 1);
}

TEST_CASE("postgres: a log without its counter, or behind it, is told in words") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto connection = open_store(space.url())->connect(Access::read_write);
  append(*connection, new_entry("[]"));
  space.execute("UPDATE crierLog SET newest = 0");
  says(message_of([&] { append(*connection, new_entry("[]")); }), "migrate --repair");
  space.execute("DELETE FROM crierLog");
  says(message_of([&] { append(*connection, new_entry("[]")); }), "migrate --repair");
}

TEST_CASE("postgres: a write that is refused leaves no lock behind") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto store = open_store(space.url());
  const auto connection = store->connect(Access::read_write);
  connection->failures().record({FailureRecord()});
  const std::int64_t id = connection->failures().list().at(0).id;
  CHECK(error_of([&] { connection->failures().retry(id, "x"); }).invalid_argument());
  CHECK(store->connect(Access::read_write)->failures().dismiss(id));
}

}  // namespace
}  // namespace crier::test
