// SPDX-License-Identifier: MIT
// Nodes that read through regions while others change what they read, and some are killed: no read
// may be older than what its node had applied before it began. CRIER_REGION_SECONDS: how long (else
// 6 kills); CRIER_REGION_SEED: who is killed, and what is read. A failure prints the seed.
#include "process/process_fixture.hpp"
#include "simulation/random.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <random>

namespace crier::test {

namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

struct RegionFixture : Fixture {
  const std::uint64_t seed = number_from("CRIER_REGION_SEED", std::random_device{}());
  Random random{seed};
  std::vector<std::unique_ptr<Child>> readers;
  int started = 0;

  RegionFixture() {
    database->execute(
        "CREATE TABLE items (item INTEGER PRIMARY KEY, entry INTEGER NOT NULL);"
        "CREATE TABLE changes (entry INTEGER NOT NULL, item INTEGER NOT NULL);"
        "INSERT INTO items WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 19) SELECT i, 0 FROM n");
  }

  std::unique_ptr<Child> start_reader(const std::string& node,
                                      const std::vector<std::string>& more = {}) {
    std::vector<std::string> command{built_program("tests/process/process_reader"),
                                     (dir / "shop.db").string(), node,
                                     std::to_string(seed + 100 * static_cast<unsigned>(++started))};
    command.insert(command.end(), more.begin(), more.end());
    return std::make_unique<Child>(dir.path(), "reader" + std::to_string(started), command);
  }
};

std::size_t count(const Child& reader, const std::string& beginning) {
  const Lines out = reader.out();
  return static_cast<std::size_t>(
      std::count_if(out.begin(), out.end(),
                    [&](const std::string& line) { return line.starts_with(beginning); }));
}

struct Sum {
  std::uint64_t reads = 0;
  std::uint64_t hits = 0;
};

// Of what it last said.
void add(const Child& reader, Sum& sum) {
  const Lines out = reader.out();
  const auto last = std::find_if(out.rbegin(), out.rend(),
                                 [](const std::string& line) { return line.starts_with("read "); });
  if (last != out.rend()) {
    sum.reads += std::stoull(last->substr(std::string("read ").size()));
    sum.hits += std::stoull(last->substr(last->rfind(' ')));
  }
}

}  // namespace

TEST_CASE_FIXTURE(RegionFixture,
                  "no read through a region is older than what its node has applied") {
  constexpr std::size_t kNodes = 4;
  constexpr std::size_t kKills = 6;
  CAPTURE(seed);
  const std::chrono::seconds length(number_from("CRIER_REGION_SECONDS", 0));
  const auto end = std::chrono::steady_clock::now() + length;
  const auto name = [](std::size_t i) { return "node" + std::to_string(i); };
  for (std::size_t i = 0; i < kNodes; ++i) {
    readers.push_back(start_reader(name(i)));
  }
  Sum sum;
  const auto settle = [&](const Child& reader) {
    add(reader, sum);
    const std::string errors = reader.err().empty() ? "" : reader.err().back();
    CAPTURE(errors);
    CHECK(count(reader, "stale") == 0);
  };
  std::size_t kills = 0;
  for (; kills < kKills || std::chrono::steady_clock::now() < end; ++kills) {
    // All are at work: each has read something new since the last kill.
    std::vector<std::size_t> before;
    for (const auto& reader : readers) {
      before.push_back(count(*reader, "read"));
    }
    for (std::size_t i = 0; i < kNodes; ++i) {
      REQUIRE(eventually([&] { return count(*readers[i], "read ") > before[i]; },
                         std::chrono::seconds(60)));
    }
    std::unique_ptr<Child>& victim = readers[random.below(kNodes)];
    const auto i = static_cast<std::size_t>(&victim - readers.data());
    victim->signal(SIGKILL);
    CHECK(victim->wait() == 128 + SIGKILL);
    settle(*victim);
    victim = start_reader(name(i));
  }
  for (const auto& reader : readers) {
    reader->signal(SIGKILL);
    CHECK(reader->wait() == 128 + SIGKILL);
    settle(*reader);
  }
  const std::int64_t changes = std::stoll(database->values("SELECT count(*) FROM changes").at(0));
  MESSAGE(sum.reads << " reads, " << sum.hits << " of them from the cache, " << changes
                    << " changes, " << kills << " kills");
  CHECK(sum.hits > 0);
  CHECK(sum.hits < sum.reads);
  CHECK(changes > 0);
}

TEST_CASE_FIXTURE(RegionFixture, "the check of the reads finds a cache that guards no load") {
  CAPTURE(seed);
  readers.push_back(start_reader("a", {"unguarded"}));
  readers.push_back(start_reader("b", {"unguarded"}));
  CHECK(eventually([&] { return count(*readers[0], "stale") > 0; }, std::chrono::seconds(60)));
}

}  // namespace crier::test
