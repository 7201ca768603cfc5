// SPDX-License-Identifier: MIT
#include "store/sqlite/setup_checks.hpp"

#include "base/hex.hpp"
#include "base/plain_file.hpp"
#include "base/quoting.hpp"
#include "store/sqlite/companions.hpp"
#include "store/sqlite/file_fault.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace crier::sqlite {
namespace {

constexpr std::uint64_t kMebibyte = 1024 * 1024;
constexpr std::uint64_t kGibibyte = 1024 * kMebibyte;
// SQLite begins anew at 4 MiB, unless somebody reads what stands there.
constexpr std::uint64_t kLongJournal = 64 * kMebibyte;
// What a burst of publishes and the log of its transaction take.
constexpr std::uint64_t kLeastDisk = 100 * kMebibyte;
constexpr std::uint64_t kLittleDisk = kGibibyte;
constexpr std::uint64_t kLittlePercent = 5;

struct FileSystem {
  std::uint32_t magic;
  std::string_view name;
  SetupVerdict verdict = SetupVerdict::ok;
};

// The numbers stand in linux/magic.h. https://www.sqlite.org/wal.html#overview says why a network's
// won't do: all processes share the memory of a file.
constexpr std::array<FileSystem, 17> kFileSystems{{
    {0x6969, "NFS", SetupVerdict::wrong},
    {0x517B, "SMB", SetupVerdict::wrong},
    {0xFF534D42, "CIFS", SetupVerdict::wrong},
    {0xFE534D42, "SMB", SetupVerdict::wrong},
    {0x01021997, "9p", SetupVerdict::wrong},
    {0x00C36400, "Ceph", SetupVerdict::wrong},
    {0x5346414F, "AFS", SetupVerdict::wrong},
    {0x6B414653, "AFS", SetupVerdict::wrong},
    {0x65735546, "FUSE", SetupVerdict::warning},
    {0xEF53, "ext4"},
    {0x58465342, "XFS"},
    {0x9123683E, "Btrfs"},
    {0x2FC12FC1, "ZFS"},
    {0xF2F52010, "F2FS"},
    {0x794C7630, "overlayfs"},
    {0x01021994, "tmpfs"},
    {0xCA451A4E, "bcachefs"},
}};

// What is known of SQLite's versions that concerns crier.
struct KnownBug {
  int from;
  int fixed;  // the first version without it
  SetupVerdict verdict;
  std::string_view what;
};

constexpr std::array<KnownBug, 3> kKnownBugs{{
    // https://www.sqlite.org/releaselog/3_35_0.html
    {0, 3035000, SetupVerdict::wrong, "lacks RETURNING, without which nothing of crier's runs"},
    // https://www.sqlite.org/releaselog/3_37_2.html
    {3035000, 3037002, SetupVerdict::warning,
     "may damage a database if a savepoint is rolled back under PRAGMA temp_store = MEMORY"},
    // https://www.sqlite.org/wal.html#walresetbug
    {3007000, 3051003, SetupVerdict::warning,
     "may, rarely, damage a database if two processes checkpoint its write-ahead log at the same "
     "time (the WAL-reset bug)"},
}};

// Versions of older branches that have the fix of the WAL-reset bug.
bool has_backport(int version) {
  return (version >= 3044006 && version < 3045000) || (version >= 3050007 && version < 3051000);
}

std::string version_text(int version) {
  return std::to_string(version / 1000000) + '.' + std::to_string(version / 1000 % 1000) + '.' +
         std::to_string(version % 1000);
}

// "79.1 GiB": one digit after the point, whatever the locale.
std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits{"bytes", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  std::uint64_t tenths = 0;
  for (; bytes >= 1024 && unit + 1 < kUnits.size(); ++unit) {
    tenths = bytes % 1024 * 10 / 1024;
    bytes /= 1024;
  }
  return std::to_string(bytes) + (unit == 0 ? "" : "." + std::to_string(tenths)) + ' ' +
         std::string(kUnits[unit]);
}

SetupCheck not_looked_at(std::string check, const std::string& database) {
  return {std::move(check), SetupVerdict::warning,
          "can't look where '" + database + "' stands: " + file_error_text(errno),
          "see that its folder can be reached"};
}

}  // namespace

SetupCheck judge_journal(const std::string& database, std::uint64_t bytes) {
  const std::string found = "a write-ahead log of " + size_text(bytes);
  if (bytes <= kLongJournal) {
    return {"journal", SetupVerdict::ok, found};
  }
  return {"journal", SetupVerdict::warning,
          found + ": a reader that does not end keeps, or has kept, it from beginning anew",
          "end that reader, then: sqlite3 " + shell_word(database) +
              " 'PRAGMA wal_checkpoint(TRUNCATE)'"};
}

SetupCheck judge_file_system(std::uint32_t magic) {
  const auto* const known = std::ranges::find(kFileSystems, magic, &FileSystem::magic);
  if (known == kFileSystems.end()) {
    return {"file-system", SetupVerdict::ok, "one of type 0x" + hex_of(std::uint64_t{magic})};
  }
  const std::string name(known->name);
  switch (known->verdict) {
    case SetupVerdict::ok:
      break;
    case SetupVerdict::warning:
      return {"file-system", SetupVerdict::warning,
              name +
                  ": a write-ahead log needs memory that all processes share, which not each "
                  "file system of that kind has",
              "move the database to a disk of this host, unless you know that it has"};
    case SetupVerdict::wrong:
      return {
          "file-system", SetupVerdict::wrong,
          name + ", a file system that hosts share: SQLite's write-ahead log does not work there",
          "move the database to a disk of this host, or use PostgreSQL"};
  }
  return {"file-system", SetupVerdict::ok, name};
}

SetupCheck judge_library(int version) {
  SetupCheck check{"library", SetupVerdict::ok, "SQLite " + version_text(version)};
  for (const KnownBug& bug : kKnownBugs) {
    const bool has_bug = version >= bug.from && version < bug.fixed &&
                         !(bug.fixed == 3051003 && has_backport(version));
    if (has_bug) {
      check.found +=
          (check.verdict == SetupVerdict::ok ? " " : ", and it ") + std::string(bug.what);
      check.verdict = std::max(check.verdict, bug.verdict);
    }
  }
  if (check.verdict != SetupVerdict::ok) {
    check.mend =
        "use SQLite 3.51.3 or later, or a package that says it has the fix, here and in every "
        "application that opens the file";
  }
  return check;
}

SetupCheck judge_disk(std::uint64_t left, std::uint64_t size) {
  const std::uint64_t percent = size < 100 ? 100 : left / (size / 100);
  SetupCheck check{"disk", SetupVerdict::ok,
                   size_text(left) + (size < 100 ? "" : " (" + std::to_string(percent) + " %)") +
                       " left where the database is"};
  if (left < kLittleDisk || percent < kLittlePercent) {
    check.verdict = left < kLeastDisk ? SetupVerdict::wrong : SetupVerdict::warning;
    check.mend = "make room on that disk, or move the database to another";
  }
  return check;
}

std::uint64_t journal_size(const std::string& database) {
  std::error_code none;
  const auto size = std::filesystem::file_size(real_path(database) + "-wal", none);
  return none ? 0 : size;
}

SetupCheck check_file_system(const std::string& database) {
  struct statfs found {};
  return statfs(database.c_str(), &found) == 0
             ? judge_file_system(static_cast<std::uint32_t>(found.f_type))
             : not_looked_at("file-system", database);
}

SetupCheck check_disk(const std::string& database) {
  struct statvfs found {};
  return statvfs(database.c_str(), &found) == 0
             ? judge_disk(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)
             : not_looked_at("disk", database);
}

SetupCheck check_rights(const std::string& database) {
  const std::string real = real_path(database);
  if (!may_write(real)) {
    return {"rights", SetupVerdict::warning,
            "this user may read, and not publish, prune or migrate: '" + database +
                "' may not be written",
            "if it is to publish, give it the right to write the file and its folder (chown, "
            "chmod)"};
  }
  for (const char* const companion : {"-wal", "-shm"}) {
    const std::string path = real + companion;
    if (std::error_code none; std::filesystem::exists(path, none) && !may_write(path)) {
      return {"rights", SetupVerdict::wrong,
              "this user may write '" + database + "', and not '" + path + "'",
              "give both files the same owner and rights (chown, chmod)"};
    }
  }
  const std::string folder = std::filesystem::path(real).parent_path().string();
  if (!may_write(folder)) {
    return {"rights", SetupVerdict::wrong,
            "this user may write '" + database + "', and not its folder '" + folder +
                "', where SQLite's write-ahead log and the doorbell are made",
            "give it the right to write the folder (chown, chmod)"};
  }
  return {"rights", SetupVerdict::ok, "this user may read, publish, prune and migrate"};
}

}  // namespace crier::sqlite
