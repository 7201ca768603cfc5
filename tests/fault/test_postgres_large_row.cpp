// SPDX-License-Identifier: MIT
// A row that takes longer to read than a call may last.
#include <crier/admin/store.hpp>
#include <crier/codec.hpp>

#include "fault/postgres_crew.hpp"
#include "support/eventually.hpp"
#include "support/postgres_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace crier::test {
namespace {

TEST_CASE("a row that is too large to be read in time is passed, and everything refreshed") {
  const auto server = PostgresServer::start();
  PostgresCrew crew(server->url("&deadline=250ms"));
  Mate& node = crew.join("node");
  const auto patient = open_store(server->url("&deadline=120s"))->connect(Access::read_write);
  const auto write = [&](std::string json) {
    return patient->log().append(std::vector<NewEntry>{{"other", 1, std::move(json)}});
  };
  // The server makes it: no client can send so much in a moment.
  server->execute("SELECT crierAppend(repeat('x', 150000000), 'other', 1)");
  const EntryId large = patient->log().newest().id;
  CHECK(node.node.wait_applied(large, 120s));
  CHECK(eventually([&] { return node.has_resynced("unreadable_entry"); }));
  CHECK(eventually([&] {
    return std::ranges::any_of(patient->failures().list(), [&](const FailureRecord& failure) {
      return failure.entry == large && failure.json_instruction.empty();
    });
  }));
  const EntryId next = write(encode(std::vector{Instruction::refresh_by_id(kProducts, 7)}));
  CHECK(node.node.wait_applied(next, 120s));
  // A machine that is as slow passes this one, too, and everything is refreshed again.
  const Lines lines = node.member.record.lines();
  CHECK((std::ranges::count(lines, "products refresh 7") == 1 ||
         std::ranges::count(lines, "products all") >= 2));
}

}  // namespace
}  // namespace crier::test
