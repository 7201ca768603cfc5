// SPDX-License-Identifier: MIT
#include "store/sqlite/doorbell.hpp"

#include "base/coarse_clock.hpp"
#include "store/sqlite/wake_mask.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <optional>
#include <utility>

namespace crier::sqlite {
namespace {

constexpr unsigned kHalf = 32;

// Sleeps are cut into slices: a ring for this process alone may go to a newer mapping than the one
// that a thread sleeps on.
constexpr std::chrono::nanoseconds kSlice = std::chrono::seconds(1);

// How long a file that rings goes on being taken for the one at the path.
constexpr std::chrono::milliseconds kTrust{500};

// Nobody listens if no ring has woken anybody for so long.
constexpr std::chrono::minutes kListening{1};

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

}  // namespace

Doorbell::Doorbell(std::string database, std::string_view log)
    : database_(std::move(database)),
      mask_(draw_wake_mask()),
      entries_(log.empty() ? std::nullopt
                           : std::make_optional<EntryRing>(log, off_t{DoorbellFile::kSize})) {}

Doorbell::~Doorbell() = default;

std::uint64_t Doorbell::mark() noexcept {
  const std::uint64_t next = next_.exchange(kUnknown);
  if (next != kUnknown && coarse_now() - healed_at_.load() < kTrust) {
    return next;
  }
  try {
    if (const std::shared_ptr<DoorbellFile> mapping = heal()) {
      if (const auto count = mapping->count()) {
        return std::uint64_t{mapping->opening()} << kHalf | *count;
      }
      drop(mapping);
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): out of memory; polling goes on
  }
  return local_.mark();
}

bool Doorbell::wait(std::uint64_t mark, std::chrono::nanoseconds timeout) noexcept {
  const auto opening = static_cast<std::uint32_t>(mark >> kHalf);
  const std::shared_ptr<DoorbellFile> mapping = current();
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
  static_cast<void>(ring(DoorbellFile::Ring{}));
}

void Doorbell::ring_self() noexcept {
  local_.ring();
  if (const std::shared_ptr<DoorbellFile> mapping = current()) {
    mapping->wake_own();
  }
}

void Doorbell::ring_others() noexcept { ring_others(false); }

void Doorbell::ring_with_entries() noexcept { ring_others(true); }

void Doorbell::ring_others(bool with_entries) noexcept {
  if (hears_own_) {
    local_.ring();
  }
  woke_ = ring({.of_others = !hears_own_ && sleepers_ != 0, .with_entries = with_entries}) > 0;
  if (woke_) {
    woke_at_ = coarse_now();
  }
}

long Doorbell::ring(DoorbellFile::Ring how) noexcept {
  try {
    std::shared_ptr<DoorbellFile> mapping = current();
    std::optional<long> woken = mapping == nullptr ? std::nullopt : mapping->ring(how);
    if (!woken) {
      mapping = heal();
      woken = mapping == nullptr ? 0 : mapping->ring(how);
    }
    if (!woken) {
      drop(mapping);  // so that this process's own sleepers notice, though they can't be woken
    }
    return woken.value_or(0);
  } catch (const std::exception&) {  // out of memory; polling goes on
    return 0;
  }
}

bool Doorbell::hand_over(const Cursor& before, std::span<const Entry> entries) noexcept {
  try {
    const bool is_trusted = coarse_now() - healed_at_.load() < kTrust;
    const std::shared_ptr<DoorbellFile> mapping = is_trusted ? current() : heal();
    return entries_ && mapping != nullptr && mapping->put(*entries_, before, entries);
  } catch (const std::exception&) {  // out of memory
    return false;
  }
}

// Who does not sleep at the moment of a ring is not woken, and still has use for it.
bool Doorbell::hands_over() const noexcept {
  return entries_ && (woke_ || coarse_now() - woke_at_.load() < kListening);
}

Wakeup::Rings Doorbell::rings() noexcept {
  const std::shared_ptr<DoorbellFile> mapping = current();
  return entries_ && mapping != nullptr ? mapping->rings() : Rings{};
}

std::optional<std::size_t> Doorbell::take(const Cursor& after, Entry& entry) noexcept {
  const std::shared_ptr<DoorbellFile> mapping = current();
  return entries_ && mapping != nullptr ? mapping->find(*entries_, after, entry) : std::nullopt;
}

std::string Doorbell::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

std::shared_ptr<DoorbellFile> Doorbell::current() const {
  const std::lock_guard lock(mutex_);
  return mapping_;
}

std::shared_ptr<DoorbellFile> Doorbell::heal() {
  const std::lock_guard lock(mutex_);
  if (mapping_ == nullptr || !mapping_->in_place()) {
    mapping_.reset();
    trouble_.clear();
    mapping_ = DoorbellFile::open(database_, mask_, ++openings_, trouble_);
  }
  healed_at_ = coarse_now();
  return mapping_;
}

void Doorbell::drop(const std::shared_ptr<DoorbellFile>& broken) {
  const std::lock_guard lock(mutex_);
  if (mapping_ == broken) {
    mapping_.reset();
  }
}

}  // namespace crier::sqlite
