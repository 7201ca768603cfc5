// SPDX-License-Identifier: MIT
// Nothing more is heard of the server, or of a node, and nobody is told.
#include "fault/postgres_crew.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/postgres_wire.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>

namespace crier::test {
namespace {

// Longer than any call may take, and than a machine under load makes of that.
constexpr auto kMuch = 15s;

void migrate(const PostgresServer& server) {
  open_store(server.url("&deadline=30s"))->connect(Access::create)->schema().migrate();
}

std::string sentence_of(const std::string& message, const std::string& words) {
  return message.find(words) != std::string::npos ? words : message;
}

TEST_CASE("postgres: a server that falls silent: calls end by their deadline, and it heals") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  PostgresWire wire(server->folder());
  std::function<void()> fall_silent, speak;
  bool one_leaves = false;
  SUBCASE("since the network drops packets") {
    fall_silent = [&] { wire.hush(); };
    speak = [&] { wire.speak(); };
    one_leaves = true;  // which takes a while
  }
  SUBCASE("since its processes stand still") {
    fall_silent = [&] { server->pause(); };
    speak = [&] { server->resume(); };
  }
  PostgresCrew crew(wire.url("&deadline=500ms"));
  Mate& publishing = crew.join("publishing");
  crew.join("a");
  crew.join("b");
  Publisher publisher(publishing.node);
  REQUIRE(publisher.goes_on());
  fall_silent();
  CHECK(publisher.fails());
  CHECK(publisher.fails());
  CHECK(crew.all_are_stale());
  if (one_leaves) {
    const auto begin = std::chrono::steady_clock::now();
    crew.mates.pop_back();
    CHECK(std::chrono::steady_clock::now() - begin < kMuch);
  }
  speak();
  REQUIRE(publisher.goes_on());
  crew.check_nothing_lost(publisher, *server);
  CHECK(publisher.longest() < kMuch);
}

TEST_CASE("postgres: of an append whose answer is lost it is said that it may be there") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  migrate(*server);
  PostgresWire wire(server->folder());
  const auto connection = open_store(wire.url("&deadline=30s"))->connect(Access::read_write);
  append(*connection, new_entry("[]"));  // what a first one prepares is no part of the second
  connection->set_deadline(2s);
  std::string why;
  SUBCASE("as the connection breaks") {
    wire.cut_answer_to("one of them");
    why = "broke";
  }
  SUBCASE("as nothing is heard any more") {
    wire.hush_answer_to("one of them");
    why = "gave no answer in 2s";
  }
  const Error error = error_of([&] { append(*connection, new_entry("[\"one of them\"]")); });
  CHECK(error.retryable());
  const std::string message = error.what();
  CHECK(sentence_of(message, why) == why);
  const std::string unsure = "may be there or not; try again";
  CHECK(sentence_of(message, unsure) == unsure);
  CHECK(wire.has_answer_been_withheld());
  connection->set_deadline(30s);
  CHECK(append(*connection, new_entry("[]")) == EntryId{3});  // it was there
  CHECK(all_ids(*connection).size() == 3);
}

TEST_CASE("postgres: a megabyte that a silent server does not take ends by its deadline") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  migrate(*server);
  PostgresWire wire(server->folder());
  const auto connection = open_store(wire.url("&deadline=30s"))->connect(Access::read_write);
  connection->set_deadline(1s);
  wire.hush();
  for (int i = 0; i < 2; ++i) {  // the second one finds the first one's connection, which is full
    const auto begin = std::chrono::steady_clock::now();
    const Error error = error_of(
        [&] { append(*connection, new_entry("\"" + std::string(16'000'000, 'x') + "\"")); });
    CHECK(error.retryable());
    CHECK(std::chrono::steady_clock::now() - begin < kMuch);
  }
  wire.speak();
  connection->set_deadline(30s);
  CHECK(eventually([&] {
    try {
      append(*connection, new_entry("[]"));
      return true;
    } catch (const Error& caught) {
      return !caught.retryable();
    }
  }));
}

TEST_CASE("postgres: a node that vanishes in the middle of a write holds up the others not long") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const auto server = PostgresServer::start();
  migrate(*server);
  PostgresWire wire(server->folder());
  const auto vanishing = open_store(wire.url("&deadline=5s"))->connect(Access::read_write);
  wire.hush_answer_to("crierLock");
  CHECK(error_of([&] { vanishing->nodes().withdraw_request(1); }).retryable());
  REQUIRE(wire.has_answer_been_withheld());  // the server has begun the transaction
  const auto other = open_store(server->url("&deadline=60s"))->connect(Access::read_write);
  other->nodes().withdraw_request(1);
}

}  // namespace
}  // namespace crier::test
