// SPDX-License-Identifier: MIT
#include "fault/postgres_crew.hpp"

#include <crier/admin/store.hpp>
#include <crier/codec.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace crier::test {
namespace {

// Each number that was published, and the entries that hold it.
using Numbers = std::map<std::int64_t, std::vector<EntryId>>;

Numbers numbers_in(const PostgresServer& server) {
  Numbers numbers;
  const auto connection = open_store(server.url("&deadline=30s"))->connect(Access::read_only);
  for (const Entry& entry : connection->log().read_after({}, {SIZE_MAX, SIZE_MAX}).entries) {
    for (const Instruction& instruction : decode(entry.json_instruction).instructions) {
      for (const std::int64_t number : instruction.ids) {
        numbers[number].push_back(entry.id);
      }
    }
  }
  return numbers;
}

}  // namespace

Options Mate::logging(Options options) {
  options.log = [this](LogLevel, std::string_view line) { log.add(std::string(line)); };
  return options;
}

bool Mate::has_logged(std::string_view words) const {
  return eventually([&] {
    const Lines lines = log.lines();
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.find(words) != std::string::npos;
    });
  });
}

bool Mate::has_resynced(const std::string& reason) const {
  return eventually([&] {
    const Lines lines = member.observer->record.lines();
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.starts_with("resync " + reason);
    });
  });
}

Options PostgresCrew::quick(const std::string& name) const {
  Options options;
  options.store = url_;
  options.migrate_on_start = true;
  options.node_name = name;
  options.heartbeat_interval = 200ms;
  options.lease_duration = 20s;
  options.poll_interval = 50ms;
  options.max_processing_instructions = 1'000'000;
  return options;
}

// A busy machine may take longer to start a node than a short deadline lasts.
Mate& PostgresCrew::join(const Options& options) {
  constexpr int kMostTries = 20;
  for (int tries = 1;; ++tries) {
    auto mate = std::make_unique<Mate>(options);
    try {
      mate->node.start();
      return *mates.emplace_back(std::move(mate));
    } catch (const Error& error) {
      if (!error.retryable() || tries == kMostTries) {
        throw;
      }
    }
  }
}

bool PostgresCrew::all_have(EntryId entry) const {
  return std::all_of(mates.begin(), mates.end(), [&](const auto& mate) {
    return static_cast<bool>(mate->node.wait_applied(entry, 30s));
  });
}

bool PostgresCrew::all_are_stale(std::chrono::milliseconds age) const {
  return eventually([&] {
    return std::all_of(mates.begin(), mates.end(),
                       [&](const auto& mate) { return mate->node.freshness().age > age; });
  });
}

std::size_t PostgresCrew::check_nothing_lost(Publisher& publisher,
                                             const PostgresServer& server) const {
  publisher.stop();
  CHECK(publisher.last_not_retryable() == "");
  Numbers logged = numbers_in(server);
  std::vector<std::int64_t> twice, lost, came_anyway;
  for (const auto& [number, entries] : logged) {
    if (entries.size() > 1) {
      twice.push_back(number);
    }
    if (!publisher.acknowledged().contains(number) && !publisher.unsure().contains(number)) {
      came_anyway.push_back(number);
    }
  }
  for (const auto& [number, entry] : publisher.acknowledged()) {
    if (logged[number] != std::vector{entry}) {
      lost.push_back(number);
    }
  }
  CHECK(twice == std::vector<std::int64_t>());
  CHECK(lost == std::vector<std::int64_t>());
  CHECK(came_anyway == std::vector<std::int64_t>());
  REQUIRE(all_have(publisher.acknowledged().rbegin()->second));
  for (const auto& mate : mates) {
    const Lines lines = mate->member.record.lines();
    const std::set<std::string> done(lines.begin(), lines.end());
    CAPTURE(mate->node.name());
    CHECK(mate->node.counters().resyncs == 0);
    for (const auto& [number, entry] : publisher.acknowledged()) {
      CHECK(done.contains("products refresh " + std::to_string(number)));
    }
  }
  MESSAGE(logged.size() << " entries; " << publisher.unsure().size()
                        << " publishes unsure, the longest took " << publisher.longest().count()
                        << " ms");
  return logged.size();
}

}  // namespace crier::test
