// SPDX-License-Identifier: MIT
// kill -9 at random points. CRIER_TEST_FAULT_KILLS: how many of each kind (8);
// CRIER_TEST_FAULT_SEED: which points. A failure prints both.
#include <crier/admin/store.hpp>
#include <crier/crier.hpp>

#include "process/process_fixture.hpp"
#include "simulation/random.hpp"
#include "support/files.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <optional>
#include <random>
#include <set>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::size_t number_from(const char* variable, std::size_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

// The id in a line that a node prints, of what it has applied ("entry") or of a resync.
std::optional<std::int64_t> entry_of(const std::string& line) {
  const std::string key = "\"entry\":";
  const std::size_t at = line.find(key);
  if (at == std::string::npos) {
    return std::nullopt;
  }
  return std::stoll(line.substr(at + key.size()));
}

struct KilledFixture : Fixture {
  const std::size_t kills = number_from("CRIER_TEST_FAULT_KILLS", 8);
  const std::size_t seed = number_from("CRIER_TEST_FAULT_SEED", std::random_device{}());
  Random random{seed};
  std::unique_ptr<Connection> connection = open_store(url)->connect(Access::read_write);
  std::set<std::int64_t> acknowledged;
  int started = 0;

  std::unique_ptr<Child> start_program(const std::vector<std::string>& command) {
    return std::make_unique<Child>(dir.path(), "program" + std::to_string(++started), command);
  }
  std::unique_ptr<Child> start_writer() {
    return start_program({built_program("tests/process/process_writer"), url, "0", "1000000"});
  }
  // When `ready`, and some microseconds later.
  void kill_when(Child& child, const std::function<bool()>& ready) {
    REQUIRE(eventually(ready));
    const auto until = std::chrono::steady_clock::now() +
                       random.between(std::chrono::milliseconds(0), std::chrono::milliseconds(3));
    while (std::chrono::steady_clock::now() < until) {
    }
    child.signal(SIGKILL);
    CHECK(child.wait() == 128 + SIGKILL);
  }
  void kill_after_lines(Child& child, std::size_t lines) {
    kill_when(child, [&] { return child.out().size() >= lines; });
  }
  void note_acknowledged(const Child& writer) {
    for (const std::string& line : writer.out()) {
      CHECK(acknowledged.insert(std::stoll(line)).second);  // an id that was lost is used again
    }
  }
  void append_some(int count) {
    const std::string json = encode(std::vector{Instruction::refresh_by_id(kProducts, 1)});
    for (int i = 0; i < count; ++i) {
      const EntryId id = connection->log().append(std::vector<NewEntry>{{"test", 1, json}});
      acknowledged.insert(id.value);
    }
  }
  // What holds whenever somebody was killed.
  void check_log() {
    SQLite::Database raw(dir / "shop.db", SQLite::OPEN_READWRITE, 20'000);
    CHECK(raw.execAndGet("PRAGMA integrity_check").getString() == "ok");
    const auto is_hole =
        "SELECT count(*) FROM crierCacheInstruction AS one WHERE id > "
        "(SELECT min(id) FROM crierCacheInstruction) AND NOT EXISTS (SELECT 1 "
        "FROM crierCacheInstruction WHERE id = one.id - 1)";
    CHECK(raw.execAndGet(is_hole).getInt() == 0);
    const LogBounds bounds = connection->log().bounds().value_or(LogBounds{});
    CHECK(connection->log().pruned_through().value ==
          std::max<std::int64_t>(bounds.oldest.value - 1, 0));
    if (!acknowledged.empty()) {
      CHECK(*acknowledged.rbegin() <= bounds.newest.value);
    }
  }
};

TEST_CASE_FIXTURE(KilledFixture, "kill -9 of writers: what they acknowledged is there") {
  CAPTURE(seed);
  for (std::size_t i = 0; i < kills; ++i) {
    const auto other = start_writer();
    const auto writer = start_writer();
    kill_after_lines(*writer, 1 + random.below(50));
    kill_after_lines(*other, 1 + random.below(50));
    note_acknowledged(*writer);
    note_acknowledged(*other);
    check_log();
  }
}

TEST_CASE_FIXTURE(KilledFixture, "kill -9 of a poller: nothing is left out after its restart") {
  CAPTURE(seed);
  std::set<std::int64_t> applied;
  std::int64_t first = 0;
  const auto node = [&] {
    return start("node" + std::to_string(++started),
                 {"node", "--name", "node", "--durable", "--json"});
  };
  const auto note_applied = [&](const Child& child) {
    for (const std::string& line : child.out()) {
      const std::int64_t entry = entry_of(line).value_or(0);
      if (line.find("resync") == std::string::npos) {
        applied.insert(entry);
      } else {
        first = entry;  // all before is refreshed
      }
    }
  };
  for (std::size_t i = 0; i < kills; ++i) {
    const auto victim = node();
    REQUIRE(eventually([&] { return !victim->err().empty(); }));
    append_some(20);
    // Goes on writing: what came before a resync is not printed.
    const std::size_t lines = random.below(20);
    kill_when(*victim, [&] {
      append_some(1);
      return victim->out().size() >= lines;
    });
    note_applied(*victim);
    append_some(5);
  }
  const auto last = node();
  const std::int64_t newest = connection->log().newest().id.value;
  REQUIRE(eventually([&] {
    const Lines out = last->out();
    return !out.empty() && entry_of(out.back()) == newest;
  }));
  note_applied(*last);
  for (std::int64_t id = first + 1; id <= newest; ++id) {
    CAPTURE(id);
    CHECK(applied.contains(id));
  }
  check_log();
  stop(*last, SIGTERM);
}

TEST_CASE_FIXTURE(KilledFixture, "kill -9 during a full refresh: the next start begins it again") {
  append_some(3);
  for (int i = 0; i < 2; ++i) {
    const auto actor = start_program({built_program("tests/fault/fault_actor"), url, "hang"});
    kill_after_lines(*actor, 1);
    CHECK(actor->out() == Lines{"hangs"});
  }
  const auto actor = start_program({built_program("tests/fault/fault_actor"), url, "exit"});
  REQUIRE(has_lines(*actor, 1));
  CHECK(actor->out() == Lines{"ready"});
}

TEST_CASE_FIXTURE(KilledFixture, "kill -9 of pruners: what they deleted is recorded") {
  CAPTURE(seed);
  for (std::size_t i = 0; i < kills; ++i) {
    const auto pruner = start_program({built_program("tests/process/process_member"), url,
                                       "pruner" + std::to_string(i), "100", "1000", "1", "1", "1"});
    append_some(200);
    const std::int64_t before = connection->log().pruned_through().value;
    const auto much = static_cast<std::int64_t>(random.below(150));
    kill_when(*pruner, [&] {
      append_some(1);
      return connection->log().pruned_through().value >= before + much;
    });
    check_log();
    connection->nodes().forget("pruner" + std::to_string(i));
    connection->leases().release(connection->leases().holder().value_or(Lease{}).holder);
  }
  CHECK(connection->log().pruned_through().value > 0);
}

}  // namespace
}  // namespace crier::test
