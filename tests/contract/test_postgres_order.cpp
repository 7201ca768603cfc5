// SPDX-License-Identifier: MIT
// What a table whose ids come from a sequence loses, and crier's does not.
#include <crier/admin/store.hpp>

#include "contract/postgres_test_store.hpp"
#include "support/entries.hpp"
#include "support/eventually.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

constexpr int kManyWriters = 16;
constexpr int kTransactions = 12;
constexpr int kReaders = 3;

using Texts = std::multiset<std::string>;

std::string text_of(int writer, int n) { return std::to_string(writer) + "." + std::to_string(n); }

// Each fourth transaction is undone.
bool is_undone(int n) { return n % 4 == 3; }

// One transaction of an application's that stays open for a while, writes, and stays open again.
void transact(RawPostgres& raw, const std::string& insert, bool is_undone,
              const std::string& begin = "BEGIN") {
  const std::string work = "; SELECT pg_sleep(random() * 0.01); ";
  raw.exec(begin + work + insert + work + (is_undone ? "ROLLBACK" : "COMMIT"));
}

// Runs `write(writer, n)` in each writer's thread, on a connection of its own; the texts that were
// committed.
template <class Write>
Texts write_all(const std::string& conninfo, Write write) {
  std::vector<std::jthread> writers;
  Texts committed;
  for (int writer = 0; writer < kManyWriters; ++writer) {
    for (int n = 0; n < kTransactions; ++n) {
      if (!is_undone(n)) {
        committed.insert(text_of(writer, n));
      }
    }
    writers.emplace_back([&conninfo, &write, writer] {
      RawPostgres raw(conninfo);
      for (int n = 0; n < kTransactions; ++n) {
        write(raw, writer, n);
      }
    });
  }
  return committed;
}

// Reads all the while, and once more when it is told that all is written.
class Reader {
 public:
  Reader(Store& store, const std::atomic<bool>& done)
      : thread_([this, &store, &done] { read(store, done); }) {}

  // Once the thread has ended.
  [[nodiscard]] Texts seen() {
    thread_.join();
    return seen_;
  }
  [[nodiscard]] int disorder() const { return disorder_; }

 private:
  void read(Store& store, const std::atomic<bool>& done) {
    const auto connection = store.connect(Access::read_only);
    EntryId last;
    for (bool over = false; !over;) {
      over = done;  // before the look: the last one sees all
      for (Page page; !(page = connection->log().read_after(last, {7})).entries.empty();) {
        for (const Entry& entry : page.entries) {
          disorder_ += entry.id.value == last.value + 1 ? 0 : 1;
          last = entry.id;
          seen_.insert(entry.json_instruction);
        }
      }
    }
  }

  Texts seen_;
  int disorder_ = 0;
  std::jthread thread_;
};

TEST_CASE(
    "postgres: every committed entry of 16 writers is read once and in order, all the while") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto store = open_store(space.url("&deadline=30s"));
  std::atomic<bool> done = false;
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.push_back(std::make_unique<Reader>(*store, done));
  }
  // By crier, in transactions that take the counter early, and riding in some of any isolation.
  const Texts committed = write_all(space.conninfo(), [&](RawPostgres& raw, int writer, int n) {
    const std::string text = text_of(writer, n);
    if (writer % 3 == 0) {
      transact(
          raw,
          "INSERT INTO crierPending (jsonInstruction, originated) VALUES ('" + text + "', 'test')",
          is_undone(n), n % 2 == 0 ? "BEGIN" : "BEGIN ISOLATION LEVEL SERIALIZABLE");
    } else if (writer % 3 == 1) {
      transact(raw,
               "WITH counter AS (UPDATE crierLog SET newest = newest + 1 RETURNING newest) "
               "INSERT INTO crierCacheInstruction SELECT newest, 'now', '" +
                   text + "', 'test', 1 FROM counter",
               is_undone(n));
    } else if (!is_undone(n)) {
      append(*store->connect(Access::read_write), new_entry(text));
    }
  });
  store->connect(Access::read_write)->log().assign_pending_ids();
  done = true;
  CHECK(committed.size() == kManyWriters * kTransactions * 3 / 4);
  for (const auto& reader : readers) {
    CHECK(reader->seen() == committed);
    CHECK(reader->disorder() == 0);
  }
}

TEST_CASE("postgres: a reader of ids from a sequence loses what commits late") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  space.execute("CREATE TABLE plain (id bigserial PRIMARY KEY, what text)");
  const auto insert_of = [](const std::string& text) {
    return "INSERT INTO plain (what) VALUES ('" + text + "')";
  };
  std::atomic<bool> done = false;
  std::atomic<std::int64_t> last = 0;
  Texts seen;
  std::jthread reader([&] {
    RawPostgres raw(space.conninfo());
    for (bool over = false; !over;) {
      over = done;
      for (const std::string& row : raw.values("SELECT id || ' ' || what FROM plain WHERE id > " +
                                               std::to_string(last.load()) + " ORDER BY id")) {
        seen.insert(row.substr(row.find(' ') + 1));
        last = std::stoll(row);
      }
    }
  });
  // One that certainly commits late, whatever the machine does.
  RawPostgres late(space.conninfo());
  late.exec("BEGIN; " + insert_of("late"));
  Texts committed = write_all(space.conninfo(), [&](RawPostgres& raw, int writer, int n) {
    transact(raw, insert_of(text_of(writer, n)), is_undone(n));
  });
  CHECK(eventually([&] { return last > 1; }));
  late.exec("COMMIT");
  committed.insert("late");
  done = true;
  reader.join();
  CHECK(seen.count("late") == 0);
  MESSAGE("a plain reader has lost ", committed.size() - seen.size(), " of ", committed.size());
}

}  // namespace
}  // namespace crier::test
