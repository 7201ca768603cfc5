// SPDX-License-Identifier: MIT
// reader FILE NAME SEED [unguarded]: a node that reads items through a region on two threads, and
// changes them on another, each change in a transaction with its instruction, until it is killed.
//
// An item's value is the entry that announced its last change, so a value says how old it is. What
// a read may at least give is what this node had applied before the read began. Prints "ready",
// "stale <item> read <entry>, had applied <entry>", and "read <n>, of them from the cache <n>" now
// and then. With "unguarded" a load stores what it has read, whatever came meanwhile: the check
// must find that.
#include <crier/crier.hpp>
#include <crier/sqlitecpp.hpp>

#include "simulation/random.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <variant>

namespace {

using namespace std::chrono_literals;

constexpr crier::Guid kItems = crier::Guid::parse("0f8fad5b-d9cb-469f-a165-70867728950e").value();
constexpr std::size_t kCount = 20;
constexpr int kBusyMs = 20'000;

using Region = crier::CachedRegion<std::int64_t, std::int64_t>;

void put(const std::string& line) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::cout << line << std::endl;
}

// For each item the newest change that this node has applied.
class Applied {
 public:
  explicit Applied(const std::string& file) : file_(file) {}

  void raise(std::int64_t item, std::int64_t entry) {
    std::atomic<std::int64_t>& floor = floors_.at(static_cast<std::size_t>(item));
    for (std::int64_t now = floor; now < entry && !floor.compare_exchange_weak(now, entry);) {
    }
  }
  // After everything was refreshed: all that was announced up to this entry.
  void raise_all(std::int64_t through) {
    const SQLite::Database database(file_, SQLite::OPEN_READONLY, kBusyMs);
    SQLite::Statement query(database,
                            "SELECT item, max(entry) FROM changes WHERE entry <= ? GROUP BY item");
    query.bind(1, through);
    while (query.executeStep()) {
      raise(query.getColumn(0).getInt64(), query.getColumn(1).getInt64());
    }
  }
  [[nodiscard]] std::int64_t of(std::int64_t item) const {
    return floors_.at(static_cast<std::size_t>(item));
  }
  // Called when the refresher has done it.
  void take(const crier::CacheUpdated& updated) {
    if (const auto* id = std::get_if<std::int64_t>(&updated.object)) {
      raise(*id, updated.source.entry.value);
    } else if (updated.type == crier::MessageType::refresh_all) {
      raise_all(updated.source.entry.value);
    }
  }

 private:
  const std::string file_;
  std::array<std::atomic<std::int64_t>, kCount> floors_{};
};

class Reads {
 public:
  Reads(Region& region, const Applied& applied, bool guarded)
      : region_(region), applied_(applied), guarded_(guarded) {}

  [[noreturn]] void run(const std::string& file, std::uint64_t seed) {
    const SQLite::Database database(file, SQLite::OPEN_READONLY, kBusyMs);
    SQLite::Statement query(database, "SELECT entry FROM items WHERE item = ?");
    crier::test::Random random(seed);
    const auto load = [&](std::int64_t item) {
      query.reset();
      query.bind(1, item);
      query.executeStep();
      const std::int64_t entry = query.getColumn(0).getInt64();
      query.reset();
      // Time enough for others to change it before it is stored.
      std::this_thread::sleep_for(std::chrono::microseconds(random.below(2000)));
      return entry;
    };
    for (std::uint64_t n = 1;; ++n) {
      const std::int64_t item = static_cast<std::int64_t>(random.below(kCount));
      const std::int64_t floor = applied_.of(item);
      const std::int64_t entry = read(item, load);
      if (entry < floor) {
        put("stale " + std::to_string(item) + " read " + std::to_string(entry) + ", had applied " +
            std::to_string(floor));
      }
      if (n % 1000 == 0) {
        const crier::CacheStatistics did = region_.statistics();
        put("read " + std::to_string(did.hits + did.misses) + ", of them from the cache " +
            std::to_string(did.hits));
      }
      if (n % 16 == 0) {
        std::this_thread::sleep_for(100us);  // others want the processor, too
      }
    }
  }

 private:
  template <class Load>
  std::int64_t read(std::int64_t item, const Load& load) {
    if (guarded_) {
      return *region_.get(item, load);
    }
    if (const auto kept = region_.get(item)) {
      return *kept;
    }
    const std::int64_t entry = load(item);
    region_.insert(item, entry);
    return entry;
  }

  Region& region_;
  const Applied& applied_;
  const bool guarded_;
};

[[noreturn]] void change(const std::string& file, crier::Node& node, const Region& region,
                         Applied& applied, std::uint64_t seed) {
  SQLite::Database database(file, SQLite::OPEN_READWRITE, kBusyMs);
  SQLite::Statement record(database, "INSERT INTO changes VALUES (?, ?)");
  SQLite::Statement update(database, "UPDATE items SET entry = ? WHERE item = ?");
  crier::test::Random random(seed);
  while (true) {
    const std::int64_t item = static_cast<std::int64_t>(random.below(kCount));
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    crier::TransactionBatch batch = node.cache().batch_in(database);
    region.changed(item, batch);
    const std::int64_t entry = batch.write().value().value;
    record.bind(1, entry);
    record.bind(2, item);
    record.exec();
    record.reset();
    update.bind(1, entry);
    update.bind(2, item);
    update.exec();
    update.reset();
    transaction.commit();
    batch.committed();
    applied.raise(item, entry);
    std::this_thread::sleep_for(std::chrono::microseconds(random.below(5000)));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    return EXIT_FAILURE;
  }
  try {
    const std::string file = argv[1];
    const std::uint64_t seed = std::stoull(argv[3]);
    Applied applied(file);
    crier::Registry refreshers;
    // Room for most, so that evictions take part.
    Region region(refreshers, kItems, "items", {.limits = {.max_entries = kCount * 3 / 4}});
    crier::Options options;
    options.store = "sqlite:" + file + "?deadline=20s";
    options.node_name = argv[2];
    options.heartbeat_interval = 200ms;
    options.lease_duration = 1s;
    crier::Node node(options, refreshers);
    const crier::Subscription subscription =
        node.on_cache_updated([&](const crier::CacheUpdated& updated) { applied.take(updated); });
    node.start();
    put("ready");
    Reads reads(region, applied, argc == 4);
    const std::jthread readers[] = {std::jthread([&] { reads.run(file, seed); }),
                                    std::jthread([&] { reads.run(file, seed + 1); })};
    change(file, node, region, applied, seed + 2);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
