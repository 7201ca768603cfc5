// SPDX-License-Identifier: MIT
// reader FILE NAME SEED HISTORY [unguarded]: a node that reads items through a region on two
// threads, and changes them on another, each change in a transaction with its instruction, until it
// is killed. What it does goes into the history HISTORY.
//
// An item's version is the entry that announced its last change. Prints "ready", and "read <n>, of
// them from the cache <n>" now and then. With "unguarded" a load stores what it has read, whatever
// came meanwhile: the checker must find that.
#include <crier/crier.hpp>
#include <crier/sqlitecpp.hpp>

#include "history/recorder.hpp"
#include "simulation/random.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

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
using crier::history::Event;
using crier::history::Kind;
using crier::history::Recorder;

constexpr crier::Guid kItems = crier::Guid::parse("0f8fad5b-d9cb-469f-a165-70867728950e").value();
constexpr std::size_t kCount = 20;
constexpr int kBusyMs = 20'000;

using Region = crier::CachedRegion<std::int64_t, std::int64_t>;

void put(const std::string& line) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::cout << line << std::endl;
}

std::string key_of(std::int64_t item) { return "items/" + std::to_string(item); }

class Reads {
 public:
  Reads(Region& region, Recorder& recorder, std::string node, bool guarded)
      : region_(region), recorder_(recorder), node_(std::move(node)), guarded_(guarded) {}

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
      const std::int64_t began = crier::history::now();
      const std::int64_t entry = read(item, load);
      recorder_.put({.kind = Kind::read,
                     .node = node_,
                     .began = began,
                     .keys = {key_of(item)},
                     .version = entry});
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
  Recorder& recorder_;
  const std::string node_;
  const bool guarded_;
};

[[noreturn]] void change(const std::string& file, crier::Node& node, const Region& region,
                         Recorder& recorder, const std::string& name, std::uint64_t seed) {
  SQLite::Database database(file, SQLite::OPEN_READWRITE, kBusyMs);
  SQLite::Statement update(database, "UPDATE items SET entry = ? WHERE item = ?");
  crier::test::Random random(seed);
  for (std::uint64_t n = 1;; ++n) {
    const std::int64_t item = static_cast<std::int64_t>(random.below(kCount));
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    crier::TransactionBatch batch = node.cache().batch_in(database);
    region.changed(item, batch);
    const std::int64_t entry = batch.write().value().value;
    update.bind(1, entry);
    update.bind(2, item);
    update.exec();
    update.reset();
    const std::string id = std::to_string(seed) + '-' + std::to_string(n);
    recorder.put({.kind = Kind::publish,
                  .node = name,
                  .id = id,
                  .entry = entry,
                  .first = entry,
                  .last = entry,
                  .keys = {key_of(item)}});
    transaction.commit();
    recorder.put({.kind = Kind::committed, .id = id});
    batch.committed();
    recorder.put({.kind = Kind::acknowledged, .node = name, .id = id, .entry = entry});
    const std::int64_t began = crier::history::now();
    const bool applied = static_cast<bool>(node.wait_applied(crier::EntryId{entry}, 20ms));
    recorder.put(
        {.kind = Kind::waited, .node = name, .began = began, .entry = entry, .yes = applied});
    std::this_thread::sleep_for(std::chrono::microseconds(random.below(5000)));
  }
}

void tell_applied(Recorder& recorder, const std::string& node, const crier::CacheUpdated& updated) {
  if (updated.source.entry.value != 0) {  // else it was published here
    const auto* id = std::get_if<std::int64_t>(&updated.object);
    recorder.put({.kind = Kind::applied,
                  .node = node,
                  .entry = updated.source.entry.value,
                  .keys = {id == nullptr ? "items/*" : key_of(*id)}});
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    return EXIT_FAILURE;
  }
  try {
    const std::string file = argv[1];
    const std::string name = argv[2];
    const std::uint64_t seed = std::stoull(argv[3]);
    const std::string history = argv[4];
    Recorder recorder(history, history.substr(history.rfind('/') + 1));
    crier::Registry refreshers;
    // Room for most, so that evictions take part.
    Region region(refreshers, kItems, "items", {.limits = {.max_entries = kCount * 3 / 4}});
    crier::Options options;
    options.store = "sqlite:" + file + "?deadline=20s";
    options.node_name = name;
    options.heartbeat_interval = 200ms;
    options.lease_duration = 1s;
    recorder.put({.kind = Kind::start, .node = name});
    crier::Node node(options, refreshers);
    const crier::Subscription subscription = node.on_cache_updated(
        [&](const crier::CacheUpdated& updated) { tell_applied(recorder, name, updated); });
    node.start();
    put("ready");
    Reads reads(region, recorder, name, argc == 5);
    const std::jthread readers[] = {std::jthread([&] { reads.run(file, seed); }),
                                    std::jthread([&] { reads.run(file, seed + 1); })};
    const std::jthread position([&] {
      for (;;) {
        recorder.put_as_of_now(
            [&] { return Event{.kind = Kind::at, .node = name, .entry = node.position().value}; });
        std::this_thread::sleep_for(5ms);
      }
    });
    change(file, node, region, recorder, name, seed + 2);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
