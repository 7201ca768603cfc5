// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "support/entries.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<int> syncs = 0;
thread_local int own_syncs = 0;

}  // namespace

// In place of the C library's, for SQLite too: counts how often the disk is waited for.
extern "C" int fdatasync(int fd) {
  ++syncs;
  ++own_syncs;
  return static_cast<int>(syscall(SYS_fdatasync, fd));
}
extern "C" int fsync(int fd) {
  ++syncs;
  ++own_syncs;
  return static_cast<int>(syscall(SYS_fsync, fd));
}

namespace crier::test {
namespace {

int syncs_of_three_appends(const std::string& parameters) {
  const TempDir dir;
  const auto connection = open_store((dir / "x.db").string() + parameters)->connect(Access::create);
  connection->schema().migrate();
  append(*connection, new_entry("[]"));
  const int before = syncs;
  for (int i = 0; i < 3; ++i) {
    append(*connection, new_entry("[]"));
  }
  return syncs - before;
}

TEST_CASE("with durability full each append waits for the disk, with normal none does") {
  CHECK(syncs_of_three_appends("?durability=full") == 3);
  CHECK(syncs_of_three_appends("?durability=normal") == 0);
  CHECK(syncs_of_three_appends("") == 0);
}

TEST_CASE("no append waits while the write-ahead log is copied into the database") {
  const TempDir dir;
  const auto store = open_store((dir / "x.db").string());
  const auto connection = store->connect(Access::create);
  connection->schema().migrate();
  const int before = syncs;
  const int own_before = own_syncs;
  const std::string page(4096, ' ');
  for (int i = 0; i < 1'200 && syncs == before; ++i) {
    append(*connection, new_entry('[' + page + ']'));
  }
  // Who begins the log anew waits for its header; a copy is waited for at both of its ends.
  CHECK(own_syncs - own_before <= 1);
  CHECK(eventually([&] { return syncs > before; }));
}

}  // namespace
}  // namespace crier::test
