// SPDX-License-Identifier: MIT
#include "store/sqlite/doorbell.hpp"

#include "base/coarse_clock.hpp"
#include "store/sqlite/wake_mask.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <linux/futex.h>
#include <optional>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace crier::sqlite {
namespace {

constexpr off_t kSize = 4096;
constexpr unsigned kHalf = 32;

// Sleeps are cut into slices: a ring for this process alone may go to a newer mapping than the one
// that a thread sleeps on.
constexpr std::chrono::nanoseconds kSlice = std::chrono::seconds(1);

// How long a file that rings goes on being taken for the one at the path.
constexpr std::chrono::milliseconds kTrust{500};

std::string reason(int error) { return std::generic_category().message(error); }

// One more of something, as long as it lives.
class Counted {
 public:
  explicit Counted(std::atomic<int>& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<int>& count_;
};

// As SQLite does for its own companions: whoever may use the database may use the file.
void share_rights(int fd, const struct stat& database) {
  static_cast<void>(fchmod(fd, database.st_mode & 0666));
  if (geteuid() == 0) {
    static_cast<void>(fchown(fd, database.st_uid, database.st_gid));
  }
}

}  // namespace

// An open file and its memory. Immutable; the calls on it are thread-safe.
class Doorbell::Mapping {
 public:
  // Nothing, and `why`, if it can't be had.
  static std::shared_ptr<Mapping> open(const std::string& database, std::uint32_t mask,
                                       std::uint32_t opening, std::string& why) {
    // NONBLOCK, since a pipe in the file's place must not hold up a publish.
    constexpr int kFlags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    std::error_code error;
    // Through links, as SQLite does: all who share the database must share the doorbell.
    const std::string real = std::filesystem::canonical(database, error).string();
    struct stat base {};
    if (error || stat(real.c_str(), &base) != 0) {
      why = "there is no database '" + database + "' yet";
      return nullptr;
    }
    const std::string path = real + "-doorbell";
    int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | kFlags, 0600);
    if (fd >= 0) {
      share_rights(fd, base);
    } else {
      fd = ::open(path.c_str(), O_RDWR | kFlags);
    }
    const bool writable = fd >= 0;
    if (!writable) {
      fd = ::open(path.c_str(), O_RDONLY | kFlags);
    }
    if (fd < 0) {
      why = "can't open '" + path + "': " + reason(errno);
      return nullptr;
    }
    struct stat file {};
    void* memory = MAP_FAILED;
    if (fstat(fd, &file) == 0 &&
        (file.st_size >= kSize || (writable && ftruncate(fd, kSize) == 0))) {
      memory =
          mmap(nullptr, kSize, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    }
    if (memory == MAP_FAILED) {
      why = "can't use '" + path + "': it is no file of " + std::to_string(kSize) + " bytes";
      close(fd);
      return nullptr;
    }
    if (!writable) {
      why = "can't write to '" + path + "': this process is woken, but wakes nobody";
    }
    return std::make_shared<Mapping>(path, fd, memory, file, mask, opening);
  }

  Mapping(std::string path, int fd, void* memory, const struct stat& file, std::uint32_t mask,
          std::uint32_t opening)
      : path_(std::move(path)),
        fd_(fd),
        memory_(memory),
        device_(file.st_dev),
        inode_(file.st_ino),
        mask_(mask),
        opening_(opening) {}
  ~Mapping() {
    munmap(memory_, kSize);
    close(fd_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  [[nodiscard]] std::uint32_t opening() const { return opening_; }

  // Whether the path still leads here, to a whole file.
  [[nodiscard]] bool in_place() const {
    struct stat file {};
    return stat(path_.c_str(), &file) == 0 && file.st_dev == device_ && file.st_ino == inode_ &&
           file.st_size >= kSize;
  }

  [[nodiscard]] std::optional<std::uint32_t> count() const {
    std::uint32_t count = 0;
    if (pread(fd_, &count, sizeof count, 0) != static_cast<ssize_t>(sizeof count)) {
      return std::nullopt;
    }
    return count;
  }

  // One more ring; false if the memory is not there.
  [[nodiscard]] bool ring() const { return count_and_wake(rings()); }
  // The same without those that sleep here, which takes the kernel one more turn.
  [[nodiscard]] bool ring_others() const {
    return count_and_wake(rings() + 1) &&
           syscall(SYS_futex, rings(), FUTEX_WAKE_BITSET, INT_MAX, nullptr, nullptr, ~mask_) >= 0;
  }

  // 0 if it was woken, else the error number; EAGAIN: there was a ring since `seen`.
  [[nodiscard]] int sleep(std::uint32_t seen, std::chrono::steady_clock::time_point until) const {
    const auto time = until.time_since_epoch();  // CLOCK_MONOTONIC's
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    const timespec end{seconds.count(), (time - seconds).count()};
    return syscall(SYS_futex, rings(), FUTEX_WAIT_BITSET, seen, &end, nullptr, mask_) == 0 ? 0
                                                                                           : errno;
  }

 private:
  // The count, on which everybody sleeps; on the word after it nobody does.
  [[nodiscard]] std::uint32_t* rings() const { return static_cast<std::uint32_t*>(memory_); }
  // Adds one to the count, and wakes who sleeps on a word: both by the kernel.
  [[nodiscard]] bool count_and_wake(std::uint32_t* wake) const {
    constexpr unsigned kAddOne = FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_LT, 0);
    return syscall(SYS_futex, wake, FUTEX_WAKE_OP, INT_MAX, 0, rings(), kAddOne) >= 0;
  }

  const std::string path_;
  const int fd_;
  void* const memory_;
  const dev_t device_;
  const ino_t inode_;
  const std::uint32_t mask_;
  const std::uint32_t opening_;
};

Doorbell::Doorbell(std::string database)
    : database_(std::move(database)), mask_(draw_wake_mask()) {}

Doorbell::~Doorbell() = default;

[[gnu::hot]] std::uint64_t Doorbell::mark() noexcept {
  const std::uint64_t next = next_.exchange(kUnknown);
  if (next != kUnknown && coarse_now() - healed_at_.load() < kTrust) {
    return next;
  }
  try {
    if (const std::shared_ptr<Mapping> mapping = heal()) {
      if (const auto count = mapping->count()) {
        return std::uint64_t{mapping->opening()} << kHalf | *count;
      }
      drop(mapping);
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): out of memory; polling goes on
  }
  return local_.mark();
}

[[gnu::hot]] bool Doorbell::wait(std::uint64_t mark, std::chrono::nanoseconds timeout) noexcept {
  const auto opening = static_cast<std::uint32_t>(mark >> kHalf);
  const std::shared_ptr<Mapping> mapping = current();
  if ((mapping == nullptr ? 0 : mapping->opening()) != opening) {
    return true;  // what came in between can't be known: look
  }
  if (mapping == nullptr) {
    return local_.wait(mark, timeout);
  }
  using Clock = std::chrono::steady_clock;
  const Counted asleep(sleepers_);
  const auto end = Clock::now() + timeout;
  for (auto now = end - timeout; now < end; now = Clock::now()) {
    switch (mapping->sleep(static_cast<std::uint32_t>(mark), std::min(end, now + kSlice))) {
      case ETIMEDOUT:
      case EINTR:
        if (current() != mapping) {
          return true;
        }
        break;
      case 0:
        next_ = mark + 1;
        return true;
      case EAGAIN:
        return true;
      default:  // the file was cut off
        drop(mapping);
        return true;
    }
  }
  return false;
}

void Doorbell::ring() noexcept {
  local_.ring();
  ring(&Mapping::ring);
}

void Doorbell::ring_others() noexcept {
  ring(sleepers_ == 0 ? &Mapping::ring : &Mapping::ring_others);
}

void Doorbell::ring(bool (Mapping::*ring_it)() const) noexcept {
  try {
    std::shared_ptr<Mapping> mapping = current();
    if (mapping != nullptr && ((*mapping).*ring_it)()) {
      return;
    }
    mapping = heal();
    if (mapping != nullptr && !((*mapping).*ring_it)()) {
      drop(mapping);  // so that this process's own sleepers notice, though they can't be woken
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): out of memory; polling goes on
  }
}

[[gnu::hot]] std::string Doorbell::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

[[gnu::hot]] std::shared_ptr<Doorbell::Mapping> Doorbell::current() const {
  const std::lock_guard lock(mutex_);
  return mapping_;
}

std::shared_ptr<Doorbell::Mapping> Doorbell::heal() {
  const std::lock_guard lock(mutex_);
  if (mapping_ == nullptr || !mapping_->in_place()) {
    mapping_.reset();
    trouble_.clear();
    mapping_ = Mapping::open(database_, mask_, ++openings_, trouble_);
  }
  healed_at_ = coarse_now();
  return mapping_;
}

void Doorbell::drop(const std::shared_ptr<Mapping>& broken) {
  const std::lock_guard lock(mutex_);
  if (mapping_ == broken) {
    mapping_.reset();
  }
}

}  // namespace crier::sqlite
