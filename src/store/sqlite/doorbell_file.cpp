// SPDX-License-Identifier: MIT
#include "store/sqlite/doorbell_file.hpp"

#include "store/sqlite/file_fault.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <linux/futex.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace crier::sqlite {
namespace {

constexpr std::size_t kSize = DoorbellFile::kSize;
constexpr const char* kSuffix = "-doorbell";

// By which a doorbell is told from somebody's file of that name. It stands after the words that
// futex calls name, where crier 0.1 left zeros.
constexpr std::string_view kMark = "crier doorbell 1";
constexpr std::size_t kMarkAt = 8;

// Whoever may write the database may use the file, its owner above all. False if that can't be had.
bool share_rights(int fd, const struct stat& database) {
  const uid_t owner = geteuid() == 0 ? database.st_uid : geteuid();
  const bool is_of_group = fchown(fd, owner, database.st_gid) == 0;
  return fchmod(fd, database.st_mode & 0666) == 0 &&
         (is_of_group || owner == database.st_uid || (database.st_mode & S_IWOTH) != 0);
}

// Whether nobody may read or write the file who may not do so with the database.
bool is_as_closed(const struct stat& file, const struct stat& database) {
  const auto bits = [](mode_t mode, unsigned shift) { return (mode >> shift) & 06U; };
  const unsigned group = bits(file.st_mode, 3);
  const unsigned others = bits(database.st_mode, 0);
  const unsigned its_group = file.st_gid == database.st_gid ? bits(database.st_mode, 3) : others;
  return (file.st_uid == database.st_uid || file.st_uid == 0 || file.st_uid == geteuid()) &&
         (group & ~its_group) == 0 && (bits(file.st_mode, 0) & ~others) == 0;
}

// Adds one to a word, and wakes who sleeps on another: both by the kernel.
std::optional<long> add_and_wake(std::uint32_t* to, std::uint32_t* wake) {
  constexpr unsigned kAddOne = FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_LT, 0);
  const long woken = syscall(SYS_futex, wake, FUTEX_WAKE_OP, INT_MAX, 0, to, kAddOne);
  return woken < 0 ? std::nullopt : std::optional(woken);
}

// Why the open file can't serve as a doorbell; empty if it can. Makes one of an empty file, which
// is one that another process is making, or that was cut off; and of zeros behind a count, which is
// one of crier 0.1: that reads the count alone, so both go on sharing it. Anything else is
// somebody's, as is what has no mark and belongs to neither this user, the root nor the owner.
std::string claim(const PlainFile& file, bool writable, bool is_owners) {
  const int fd = file.fd();
  std::array<char, kSize + 1> bytes{};
  const ssize_t count = pread(fd, bytes.data(), bytes.size(), 0);
  if (count < 0) {
    return file_error_text(errno);
  }
  const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
  const bool marked =
      text.size() >= kMarkAt + kMark.size() && text.substr(kMarkAt, kMark.size()) == kMark;
  const bool is_of_0_1 =
      text.size() == kSize &&
      text.find_first_not_of('\0', sizeof(std::uint32_t)) == std::string_view::npos;
  if (!marked && ((!is_of_0_1 && !text.empty()) || (file.is_anothers() && !is_owners))) {
    return "it is no doorbell of crier's, but somebody's file; move it away";
  }
  if (writable && ((text.size() < kSize && ftruncate(fd, kSize) != 0) ||
                   (!marked && pwrite(fd, kMark.data(), kMark.size(), kMarkAt) !=
                                   static_cast<ssize_t>(kMark.size())))) {
    return file_error_text(errno);
  }
  return writable || text.size() >= kSize ? "" : "it was cut off, and may not be written";
}

}  // namespace

std::shared_ptr<DoorbellFile> DoorbellFile::open(const std::string& database, std::uint32_t mask,
                                                 std::uint32_t opening, std::string& why) {
  std::error_code error;
  // Through links, as SQLite does: all who share the database must share the doorbell.
  const std::string real = std::filesystem::canonical(database, error).string();
  struct stat base {};
  if (error || stat(real.c_str(), &base) != 0) {
    why = "there is no database '" + database + "' yet";
    return nullptr;
  }
  const std::string path = real + kSuffix;
  const bool may_make = may_write(real);  // who only looks leaves no file of his behind
  PlainFile file(path, may_make ? O_RDWR | O_CREAT | O_EXCL : O_RDWR, 0600);
  if (may_make && file.is_open() && !share_rights(file.fd(), base)) {
    unlink(path.c_str());
    why = "can't give '" + path + "' to the group of the database; let its owner make it";
    return nullptr;
  }
  if (file.error() == EEXIST) {
    file = PlainFile(path, O_RDWR);
  }
  const bool writable = file.is_open();
  if (!writable && (file.error() == EACCES || file.error() == EROFS)) {
    if (PlainFile readable(path, O_RDONLY); readable.error() != ENOENT) {
      file = std::move(readable);
    }
  }
  if (!file.is_open()) {
    why = file.error() == ENOENT
              ? "there is no '" + path + "' yet, and who may not write the database makes none"
              : "can't open '" + path + "': " + file_error_text(file.error());
    return nullptr;
  }
  const auto refuse = [&](const std::string& fault) {
    why = "can't use '" + path + "': " + fault;
    return nullptr;
  };
  struct stat status {};
  if (fstat(file.fd(), &status) != 0) {
    return refuse(file_error_text(errno));
  }
  if (const std::string fault = claim(file, writable, status.st_uid == base.st_uid);
      !fault.empty()) {
    return refuse(fault);
  }
  void* const memory =
      mmap(nullptr, kSize, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, file.fd(), 0);
  if (memory == MAP_FAILED) {
    return refuse(file_error_text(errno));
  }
  if (!writable) {
    why = "can't write to '" + path + "': this process is woken, but wakes nobody";
  }
  return std::make_shared<DoorbellFile>(real, std::move(file), memory, status,
                                        is_as_closed(status, base), mask, opening);
}

DoorbellFile::DoorbellFile(std::string database, PlainFile file, void* memory,
                           const struct stat& status, bool keeps_entries, std::uint32_t mask,
                           std::uint32_t opening)
    : database_(std::move(database)),
      path_(database_ + kSuffix),
      file_(std::move(file)),
      memory_(memory),
      device_(status.st_dev),
      inode_(status.st_ino),
      keeps_entries_(keeps_entries),
      mask_(mask),
      opening_(opening) {}

DoorbellFile::~DoorbellFile() { munmap(memory_, kSize); }

bool DoorbellFile::in_place() const {
  struct stat file {};
  struct stat database {};
  return lstat(path_.c_str(), &file) == 0 && file.st_dev == device_ && file.st_ino == inode_ &&
         file.st_size >= static_cast<off_t>(kSize) &&
         (stat(database_.c_str(), &database) != 0 ||
          is_as_closed(file, database) == keeps_entries_);
}

std::optional<std::uint32_t> DoorbellFile::count() const {
  std::uint32_t count = 0;
  if (pread(file_.fd(), &count, sizeof count, 0) != static_cast<ssize_t>(sizeof count)) {
    return std::nullopt;
  }
  return count;
}

// The kind first: who is woken knows it.
std::optional<long> DoorbellFile::ring(Ring how) const {
  if (!how.with_entries && !add_and_wake(bare_rings(), bare_rings())) {
    return std::nullopt;
  }
  if (!how.of_others) {
    return add_and_wake(all_rings(), all_rings());
  }
  if (!add_and_wake(all_rings(), bare_rings())) {
    return std::nullopt;
  }
  const long woken =
      syscall(SYS_futex, all_rings(), FUTEX_WAKE_BITSET, INT_MAX, nullptr, nullptr, ~mask_);
  return woken < 0 ? std::nullopt : std::optional(woken);
}

void DoorbellFile::wake_own() const {
  syscall(SYS_futex, all_rings(), FUTEX_WAKE_BITSET, INT_MAX, nullptr, nullptr, mask_);
}

Wakeup::Rings DoorbellFile::rings() const {
  std::array<std::uint32_t, 2> words{};
  if (pread(file_.fd(), words.data(), sizeof words, 0) != static_cast<ssize_t>(sizeof words)) {
    return {};
  }
  return {.with_entries = words[0] - words[1], .without = words[1]};
}

int DoorbellFile::sleep(std::uint32_t seen, std::chrono::steady_clock::time_point until) const {
  const auto time = until.time_since_epoch();  // CLOCK_MONOTONIC's
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  const timespec end{seconds.count(), (time - seconds).count()};
  return syscall(SYS_futex, all_rings(), FUTEX_WAIT_BITSET, seen, &end, nullptr, mask_) == 0
             ? 0
             : errno;
}

}  // namespace crier::sqlite
