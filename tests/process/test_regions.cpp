// SPDX-License-Identifier: MIT
// Nodes that read through regions while others change what they read, and some are killed: no read
// may be older than what its node had applied before it began, says the checker of what all have
// told. CRIER_TEST_REGION_SECONDS: how long (else 6 kills);
// CRIER_TEST_REGION_SEED: who is killed, and what is read. A failure prints the seed.
#include "history/checker.hpp"
#include "history/history.hpp"
#include "history/recorder.hpp"
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
  const std::uint64_t seed = number_from("CRIER_TEST_REGION_SEED", std::random_device{}());
  Random random{seed};
  std::vector<std::unique_ptr<Child>> readers;
  std::vector<std::string> histories;
  std::unique_ptr<history::Recorder> recorder;  // of who is killed

  RegionFixture() {
    database->execute(
        "CREATE TABLE items (item INTEGER PRIMARY KEY, entry INTEGER NOT NULL);"
        "INSERT INTO items WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 19) SELECT i, 0 FROM n");
    record();
  }
  void record() {
    const std::string name = "fixture" + std::to_string(histories.size());
    histories.push_back(dir / name);
    recorder = std::make_unique<history::Recorder>(histories.back(), name);
  }

  std::unique_ptr<Child> start_reader(const std::string& node,
                                      const std::vector<std::string>& more = {}) {
    const std::size_t number = histories.size();
    histories.push_back(dir / history_of(number));
    std::vector<std::string> command{built_program("tests/process/process_reader"),
                                     (dir / "shop.db").string(), node,
                                     std::to_string(seed + 100 * number), histories.back()};
    command.insert(command.end(), more.begin(), more.end());
    return std::make_unique<Child>(dir.path(), "reader" + std::to_string(number), command);
  }
  static std::string history_of(std::size_t number) { return "h" + std::to_string(number); }
  // `number`: which of those that were started.
  void kill(Child& reader, std::size_t number) {
    reader.signal(SIGKILL);
    CHECK(reader.wait() == 128 + SIGKILL);
    recorder->put({.kind = history::Kind::kill, .node = history_of(number)});
  }
  history::Checker judge() {
    recorder.reset();
    history::Checker checker;
    // One that was killed at once has none.
    std::erase_if(histories,
                  [](const std::string& file) { return !std::filesystem::exists(file); });
    history::merge(histories, [&](const history::Event& event) { checker.take(event); });
    return checker;
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
  const std::chrono::seconds length(number_from("CRIER_TEST_REGION_SECONDS", 0));
  const auto end = std::chrono::steady_clock::now() + length;
  const auto name = [](std::size_t i) { return "node" + std::to_string(i); };
  std::vector<std::size_t> numbers;  // of who runs as each node
  for (std::size_t i = 0; i < kNodes; ++i) {
    readers.push_back(start_reader(name(i)));
    numbers.push_back(i + 1);
  }
  Sum sum;
  const auto end_one = [&](std::size_t i) {
    kill(*readers[i], numbers[i]);
    add(*readers[i], sum);
    const std::string errors = readers[i]->err().empty() ? "" : readers[i]->err().back();
    CHECK(errors == "");
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
    const std::size_t victim = random.below(kNodes);
    end_one(victim);
    numbers[victim] = histories.size();
    readers[victim] = start_reader(name(victim));
  }
  for (std::size_t i = 0; i < kNodes; ++i) {
    end_one(i);
  }
  const history::Checker checker = judge();
  const std::string first = checker.findings().empty() ? "" : checker.findings()[0].what;
  CHECK(first == "");
  CHECK(checker.found() == 0);
  MESSAGE(checker.reads() << " reads, " << checker.bounded_reads() << " of them bounded, of "
                          << sum.reads << " were " << sum.hits << " from the cache, "
                          << checker.events(history::Kind::publish) << " changes, " << kills
                          << " kills");
  CHECK(checker.bounded_reads() > 0);
  CHECK(sum.hits > 0);
  CHECK(sum.hits < sum.reads);
  CHECK(checker.events(history::Kind::publish) > 0);
}

TEST_CASE_FIXTURE(RegionFixture, "the check of the reads finds a cache that guards no load") {
  CAPTURE(seed);
  const auto finds_it = [&] {
    const std::size_t first = histories.size();
    readers.clear();
    readers.push_back(start_reader("a", {"unguarded"}));
    readers.push_back(start_reader("b", {"unguarded"}));
    for (const auto& reader : readers) {
      REQUIRE(eventually([&] { return count(*reader, "read ") >= 20; }, std::chrono::seconds(60)));
    }
    kill(*readers[0], first);
    kill(*readers[1], first + 1);
    const bool found = judge().count(history::Violation::stale) > 0;
    record();
    return found;
  };
  CHECK(
      eventually(finds_it, std::chrono::seconds(60)));  // chance may have it that nothing was read
}

}  // namespace crier::test
