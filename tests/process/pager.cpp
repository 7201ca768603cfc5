// SPDX-License-Identifier: MIT
// pager FILE NAME SEED CACHE [unguarded]: a node that reads pages of items through a hybrid cache
// whose shared half is CACHE, one or some at a time, on two threads, and changes the items on
// another, each change in a transaction with its instructions, until it is killed. A factory reads
// the item from a region of its node.
//
// A page is the version of its item, so it says how old it is. What a read may at least give is
// what this node had applied before the read began. Prints "ready", "stale <item> read <version>,
// had applied <version>", and "read <n>, of them shared <n>" now and then. With "unguarded" the
// shared half is filled and emptied by hand, as with caches that know of no log: the check must
// find that.
#include <crier/crier.hpp>
#include <crier/hybrid_cache.hpp>
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
#include <span>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace {

using namespace std::chrono_literals;

constexpr crier::Guid kItems = crier::Guid::parse("0f8fad5b-d9cb-469f-a165-70867728950e").value();
constexpr crier::Guid kPages = crier::Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();
constexpr std::size_t kCount = 20;
constexpr int kBusyMs = 20'000;

using Region = crier::CachedRegion<std::int64_t, std::int64_t>;
using Pages = crier::HybridCache<std::int64_t>;

void put(const std::string& line) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::cout << line << std::endl;
}

std::string tag_of(std::int64_t item) { return "item" + std::to_string(item); }

// For each item the newest version that this node has applied.
class Applied {
 public:
  explicit Applied(const std::string& file) : database_(file, SQLite::OPEN_READONLY, kBusyMs) {}

  void raise(std::int64_t item, std::int64_t version) {
    std::atomic<std::int64_t>& floor = floors_.at(static_cast<std::size_t>(item));
    for (std::int64_t now = floor; now < version && !floor.compare_exchange_weak(now, version);) {
    }
  }
  [[nodiscard]] std::int64_t of(std::int64_t item) const {
    return floors_.at(static_cast<std::size_t>(item));
  }
  // Called when the refresher has done it.
  void take(const crier::CacheUpdated& updated) {
    if (updated.refresher != kPages || updated.source.entry.value == 0) {
      return;
    }
    const bool all = updated.type == crier::MessageType::refresh_all;
    const std::lock_guard lock(mutex_);
    SQLite::Statement query(database_,
                            std::string("SELECT item, max(version) FROM changes WHERE entry ") +
                                (all ? "<=" : "=") + " ? GROUP BY item");
    query.bind(1, updated.source.entry.value);
    while (query.executeStep()) {
      raise(query.getColumn(0).getInt64(), query.getColumn(1).getInt64());
    }
  }

 private:
  std::mutex mutex_;
  const SQLite::Database database_;  // guarded by mutex_
  std::array<std::atomic<std::int64_t>, kCount> floors_{};
};

struct Shop {
  const std::string file;
  const std::shared_ptr<crier::SharedCache> shared;
  const bool guarded;
  crier::Registry refreshers = {};
  Region items{refreshers, kItems, "items"};
  // Small, so that the shared half is asked.
  Pages pages{refreshers, kPages, "pages", shared, {.limits = {.max_entries = 5}}};
  Applied applied{file};

  // Some at once.
  std::vector<std::int64_t> read(const std::vector<std::int64_t>& of, SQLite::Statement& query,
                                 crier::test::Random& random) {
    std::vector<std::int64_t> versions;
    if (!guarded || of.size() == 1) {
      for (const std::int64_t item : of) {
        versions.push_back(read(item, query, random));
      }
      return versions;
    }
    std::vector<std::string> keys;
    for (const std::int64_t item : of) {
      keys.push_back(std::to_string(item));
    }
    const auto make = [&](const std::vector<std::string>& missing,
                          std::span<crier::HybridEntry> entries) {
      std::vector<std::int64_t> made;
      for (std::size_t i = 0; i < missing.size(); ++i) {
        const std::int64_t item = std::stoll(missing[i]);
        entries[i].tags = {tag_of(item)};
        made.push_back(make_page(item, query, random));
      }
      return made;
    };
    for (const auto& version : pages.get_many(keys, make)) {
      versions.push_back(*version);
    }
    return versions;
  }
  std::int64_t make_page(std::int64_t item, SQLite::Statement& query, crier::test::Random& random) {
    const auto load = [&] {
      query.reset();
      query.bind(1, item);
      query.executeStep();
      const std::int64_t version = query.getColumn(0).getInt64();
      query.reset();
      return version;
    };
    const std::int64_t version = *items.get(item, load);
    // Time enough for others to change it before it is stored.
    std::this_thread::sleep_for(std::chrono::microseconds(random.below(2000)));
    return version;
  }
  std::int64_t read(std::int64_t item, SQLite::Statement& query, crier::test::Random& random) {
    const std::string key = std::to_string(item);
    const auto make = [&] { return make_page(item, query, random); };
    if (guarded) {
      return *pages.get(key, make, {.tags = {tag_of(item)}});
    }
    if (const auto kept = shared->get(key)) {
      return std::stoll(*kept);
    }
    const std::int64_t version = make();
    shared->set(key, std::to_string(version));
    return version;
  }
};

[[noreturn]] void read_on(Shop& shop, std::uint64_t seed) {
  const SQLite::Database database(shop.file, SQLite::OPEN_READONLY, kBusyMs);
  SQLite::Statement query(database, "SELECT version FROM items WHERE item = ?");
  crier::test::Random random(seed);
  for (std::uint64_t n = 1;; ++n) {
    std::vector<std::int64_t> items;
    std::vector<std::int64_t> floors;
    do {
      items.push_back(static_cast<std::int64_t>(random.below(kCount)));
      floors.push_back(shop.applied.of(items.back()));
    } while (random.below(3) == 0);
    const std::vector<std::int64_t> versions = shop.read(items, query, random);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (versions[i] < floors[i]) {
        put("stale " + std::to_string(items[i]) + " read " + std::to_string(versions[i]) +
            ", had applied " + std::to_string(floors[i]));
      }
    }
    if (n % 500 == 0) {
      const crier::HybridStatistics did = shop.pages.statistics();
      put("read " + std::to_string(did.hits + did.misses) + ", of them shared " +
          std::to_string(did.shared_hits));
    }
    if (n % 16 == 0) {
      std::this_thread::sleep_for(100us);  // others want the processor, too
    }
  }
}

[[noreturn]] void change_on(Shop& shop, crier::Node& node, std::uint64_t seed) {
  SQLite::Database database(shop.file, SQLite::OPEN_READWRITE, kBusyMs);
  SQLite::Statement find(database, "SELECT version FROM items WHERE item = ?");
  SQLite::Statement record(database, "INSERT INTO changes VALUES (?, ?, ?)");
  SQLite::Statement update(database, "UPDATE items SET version = ? WHERE item = ?");
  const auto run = [](SQLite::Statement& statement, auto... values) {
    statement.reset();
    int index = 0;
    (statement.bind(++index, values), ...);
    return statement.executeStep();
  };
  crier::test::Random random(seed);
  while (true) {
    const auto item = static_cast<std::int64_t>(random.below(kCount));
    const std::string key = std::to_string(item);
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    run(find, item);
    const std::int64_t version = find.getColumn(0).getInt64() + 1;
    find.reset();
    crier::TransactionBatch batch = node.cache().batch_in(database);
    shop.items.changed(item, batch);
    switch (random.below(3)) {
      case 0:
        shop.pages.remove(key, batch);
        break;
      case 1:
        shop.pages.remove_by_tag(tag_of(item), batch);
        break;
      default:
        shop.pages.set(key, version, batch, {.tags = {tag_of(item)}});
    }
    const std::int64_t entry = batch.write().value().value;
    run(record, entry, item, version);
    record.reset();
    run(update, version, item);
    update.reset();
    transaction.commit();
    if (!shop.guarded) {
      shop.shared->remove(key);
    }
    if (random.below(8) != 0) {  // else nobody says so, as after a crash
      batch.committed();
      shop.applied.raise(item, version);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random.below(5000)));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    return EXIT_FAILURE;
  }
  try {
    const std::uint64_t seed = std::stoull(argv[3]);
    Shop shop{argv[1], crier::open_shared_cache(argv[4]), argc == 5};
    crier::Options options;
    options.store = "sqlite:" + shop.file + "?deadline=20s";
    options.node_name = argv[2];
    options.heartbeat_interval = 200ms;
    options.lease_duration = 1s;
    crier::Node node(options, shop.refreshers);
    const crier::Subscription subscription = node.on_cache_updated(
        [&](const crier::CacheUpdated& updated) { shop.applied.take(updated); });
    node.start();
    put("ready");
    const std::jthread readers[] = {std::jthread([&] { read_on(shop, seed); }),
                                    std::jthread([&] { read_on(shop, seed + 1); })};
    change_on(shop, node, seed + 2);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
