// SPDX-License-Identifier: MIT
// What is judged of a SQLite database's surroundings, by figures that no test can bring about.
#include "store/sqlite/setup_checks.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace crier::sqlite {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;
constexpr std::uint64_t kGiB = 1024 * kMiB;

TEST_CASE("a write-ahead log that has grown long is a warning") {
  CHECK(judge_journal("x.db", 4 * kMiB).verdict == SetupVerdict::ok);
  CHECK(judge_journal("x.db", 4 * kMiB).found == "a write-ahead log of 4.0 MiB");
  CHECK(judge_journal("x.db", 64 * kMiB).verdict == SetupVerdict::ok);
  const SetupCheck check = judge_journal("my x.db", 64 * kMiB + 1);
  CHECK(check.verdict == SetupVerdict::warning);
  CHECK(check.mend == "end that reader, then: sqlite3 'my x.db' 'PRAGMA wal_checkpoint(TRUNCATE)'");
}

TEST_CASE("a file system that hosts share is wrong, and one in user space a warning") {
  for (const std::uint32_t network :
       {0x6969U, 0x517BU, 0xFF534D42U, 0xFE534D42U, 0x01021997U, 0x00C36400U}) {
    CAPTURE(network);
    CHECK(judge_file_system(network).verdict == SetupVerdict::wrong);
    CHECK(!judge_file_system(network).mend.empty());
  }
  CHECK(judge_file_system(0x6969).found.starts_with("NFS, "));
  CHECK(judge_file_system(0x65735546).verdict == SetupVerdict::warning);
  CHECK(judge_file_system(0xEF53).verdict == SetupVerdict::ok);
  CHECK(judge_file_system(0xEF53).found == "ext4");
  CHECK(judge_file_system(0xABCDEF01).verdict == SetupVerdict::ok);
  CHECK(judge_file_system(0xABCDEF01).found == "one of type 0xabcdef01");
}

TEST_CASE("a version of SQLite that has a known bug is told of") {
  CHECK(judge_library(3034001).verdict == SetupVerdict::wrong);
  CHECK(judge_library(3034001).found.starts_with("SQLite 3.34.1 lacks RETURNING"));
  CHECK(judge_library(3035000).verdict == SetupVerdict::warning);
  CHECK(judge_library(3037001).found.find("savepoint") != std::string::npos);
  CHECK(judge_library(3037002).found.find("savepoint") == std::string::npos);
  for (const int buggy : {3040001, 3044005, 3045000, 3050006, 3051000, 3051002}) {
    CAPTURE(buggy);
    CHECK(judge_library(buggy).verdict == SetupVerdict::warning);
    CHECK(judge_library(buggy).found.find("WAL-reset") != std::string::npos);
    CHECK(!judge_library(buggy).mend.empty());
  }
  for (const int mended : {3044006, 3050007, 3051003, 3053000}) {
    CAPTURE(mended);
    CHECK(judge_library(mended).verdict == SetupVerdict::ok);
  }
  CHECK(judge_library(3051003).found == "SQLite 3.51.3");
}

TEST_CASE("a disk with little room is a warning, and one with next to none is wrong") {
  CHECK(judge_disk(100 * kGiB, 1000 * kGiB).verdict == SetupVerdict::ok);
  CHECK(judge_disk(100 * kGiB, 1000 * kGiB).found == "100.0 GiB (10 %) left where the database is");
  CHECK(judge_disk(50 * kGiB, 1000 * kGiB).verdict == SetupVerdict::ok);
  CHECK(judge_disk(49 * kGiB, 1000 * kGiB).verdict == SetupVerdict::warning);
  CHECK(judge_disk(kGiB, 2 * kGiB).verdict == SetupVerdict::ok);
  CHECK(judge_disk(kGiB - 1, 2 * kGiB).verdict == SetupVerdict::warning);
  CHECK(judge_disk(100 * kMiB, 2 * kGiB).verdict == SetupVerdict::warning);
  CHECK(judge_disk(100 * kMiB - 1, 2 * kGiB).verdict == SetupVerdict::wrong);
  CHECK(judge_disk(0, 0).verdict == SetupVerdict::wrong);
}

}  // namespace
}  // namespace crier::sqlite
