// SPDX-License-Identifier: MIT
// Each allocation fails once: the nth of a node's small life, for n = 1, 2, 3, ... until a life
// ends without a fault. A program of its own, since it replaces operator new.
#include <crier/admin/store.hpp>
#include <crier/codec.hpp>

#include "fault/life.hpp"
#include "support/effort.hpp"
#include "support/entries.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {

// The allocation that comes to 0 fails, and with `for_good` all that follow; 0: none does. One
// thread.
long allocations_left = 0;
bool for_good = false;
bool has_failed = false;

bool fails_now() {
  if (allocations_left == 0 || --allocations_left > 0) {
    return false;
  }
  has_failed = true;
  allocations_left = for_good ? 1 : 0;
  return true;
}

void* try_to_allocate(std::size_t size) noexcept {
  return fails_now() ? nullptr : std::malloc(size == 0 ? 1 : size);
}

void* allocate(std::size_t size) {
  void* const memory = try_to_allocate(size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return try_to_allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return try_to_allocate(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace crier::test {
namespace {

// SQLite's own memory fails, too.
sqlite3_mem_methods real_memory;
void* sqlite_malloc(int size) { return fails_now() ? nullptr : real_memory.xMalloc(size); }
void* sqlite_realloc(void* memory, int size) {
  return fails_now() ? nullptr : real_memory.xRealloc(memory, size);
}

struct FailingSqlite {
  FailingSqlite() {
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
    sqlite3_mem_methods failing = real_memory;
    failing.xMalloc = sqlite_malloc;
    failing.xRealloc = sqlite_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &failing);
  }
  ~FailingSqlite() {
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_MALLOC, &real_memory);
  }
  FailingSqlite(const FailingSqlite&) = delete;
  FailingSqlite& operator=(const FailingSqlite&) = delete;
};

// One life on a copy of an empty database, in which the nth allocation of what the node does fails;
// false where there was none.
class Life {
 public:
  Life(long nth, const std::filesystem::path& empty) : left_(nth) {
    std::filesystem::copy_file(empty, path_);
    has_failed = false;
  }

  bool live() {
    {
      const std::unique_ptr<Store> store = open_store(path_);
      const auto other = store->connect(Access::read_write);
      // What has no position yet is started again, and refreshes all.
      append(*other, new_entry("[]"));
      SteppedNode node(*store, truth_, cache_);
      truth_ = {1, 2};
      armed([&] { node.start(now_); });
      armed([&] { acknowledged_.push_back(node.publish(1)); });
      const std::string json = encode(std::vector{Instruction::refresh_by_id(kProducts, 2)});
      acknowledged_.push_back(append(*other, new_entry(json)));
      armed([&] { node.poll(); });
      armed([&] { node.tick(now_); });
      armed([&] { node.leave(); });
      check(node, *other);
    }
    SQLite::Database raw(path_, SQLite::OPEN_READWRITE, 20'000);
    CHECK(raw.execAndGet("PRAGMA integrity_check").getString() == "ok");
    return has_failed;
  }

  // The same for one poll alone, whose connection is there: all that is left is to run what it
  // reads.
  bool poll_once() {
    const std::unique_ptr<Store> store = open_store(path_);
    const auto other = store->connect(Access::read_write);
    append(*other, new_entry("[]"));
    SteppedNode node(*store, truth_, cache_);
    truth_ = {1, 2};
    node.start(now_);
    node.poll();
    cache_.clear();
    const std::string json = encode(std::vector{Instruction::refresh_by_id(kProducts, 2)});
    acknowledged_.push_back(append(*other, new_entry(json)));
    armed([&] { node.poll(); });
    check(node, *other);
    return has_failed;
  }

 private:
  void armed(const std::function<void()>& body) {
    allocations_left = left_;
    try {
      body();
    } catch (const Error&) {           // NOLINT(bugprone-empty-catch): either is an answer
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch)
    }
    left_ = has_failed ? 0 : allocations_left;
    allocations_left = 0;
  }

  // Now that there is memory again.
  void check(SteppedNode& node, Connection& connection) {
    if (node.position() == EntryId{}) {
      node.start(now_);
    }
    const std::string json = encode(std::vector{Instruction::refresh_by_id(kProducts, 1)});
    acknowledged_.push_back(append(connection, new_entry(json)));
    node.poll();
    node.poll();
    CHECK(node.position() == connection.log().newest().id);
    CHECK(cache_ == truth_);
    CHECK(node.tick(now_));
    for (const EntryId& id : acknowledged_) {
      CHECK(connection.log().find(id).has_value());
    }
    CHECK(all_ids(connection).size() ==
          static_cast<std::size_t>(connection.log().newest().id.value));
  }

  const TempDir dir_;
  const std::string path_ = dir_ / "x.db";
  const Keeper::Time now_ = Position::Clock::now();
  long left_;
  Numbers truth_;
  Numbers cache_;
  std::vector<EntryId> acknowledged_;
};

constexpr long kAllOfFirst = kSanitized ? 50 : 200;
constexpr long kOneIn = kSanitized ? 97 : 29;

// All of the first, and then a sample: what comes late resembles what came before.
void run_out_of_memory() {
  const FailingSqlite sqlite;
  const TempDir dir;
  const std::filesystem::path empty = dir / "empty.db";
  open_store(empty.string())->connect(Access::create)->schema().migrate();
  long nth = 1;
  for (bool failed = true; failed; nth += nth < kAllOfFirst ? 1 : kOneIn) {
    CAPTURE(nth);
    failed = Life(nth, empty).live();
  }
  CHECK(nth > 2000);
}

TEST_CASE("any allocation may fail") {
  for_good = false;
  run_out_of_memory();
}

TEST_CASE("memory may run out for a while") {
  for_good = true;
  run_out_of_memory();
}

TEST_CASE("memory may run out while an instruction is run") {
  const FailingSqlite sqlite;
  const TempDir dir;
  const std::filesystem::path empty = dir / "empty.db";
  open_store(empty.string())->connect(Access::create)->schema().migrate();
  for (const bool rest_fails : {false, true}) {
    for_good = rest_fails;
    CAPTURE(for_good);
    long nth = 1;
    for (bool failed = true; failed; ++nth) {
      CAPTURE(nth);
      failed = Life(nth, empty).poll_once();
    }
    CHECK(nth > (kSanitized ? 4 : 10));  // its runtime takes some for itself
  }
}

}  // namespace
}  // namespace crier::test
