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

Doorbell::Doorbell(std::string database)
    : database_(std::move(database)), mask_(draw_wake_mask()) {}

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
  ring(&DoorbellFile::ring);
}

void Doorbell::ring_others() noexcept {
  if (hears_own_) {
    ring();
    return;
  }
  ring(sleepers_ == 0 ? &DoorbellFile::ring : &DoorbellFile::ring_others);
}

void Doorbell::ring(bool (DoorbellFile::*ring_it)() const) noexcept {
  try {
    std::shared_ptr<DoorbellFile> mapping = current();
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
