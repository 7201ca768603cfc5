// SPDX-License-Identifier: MIT
#include "base/position.hpp"

#include "base/deadline.hpp"

namespace crier {

template <class Change>
void Position::change(Change apply) {
  const std::lock_guard lock(mutex_);
  apply();
  still_here();
}

[[gnu::hot]] void Position::advance(const Cursor& cursor) {
  change([&] {
    if (cursor.id > state_.cursor.id) {
      state_.cursor = cursor;
      moved_.notify_all();
    }
  });
}

void Position::reset(const Cursor& cursor) {
  change([&] {
    state_.cursor = cursor;
    state_.lost = false;
    ++state_.resets;
    moved_.notify_all();
  });
}

void Position::lose() {
  change([&] { state_.lost = true; });
}

[[gnu::hot]] void Position::looked(Clock::time_point at, bool proved) {
  change([&] {
    state_.looked_at = at;
    if (proved) {
      state_.proved_at = at;
    }
  });
}

void Position::prove_nothing_since(Clock::time_point at) {
  change([&] { state_.proved_at = at; });
}

void Position::saw_canary(EntryId entry) {
  change([&] { state_.canary = entry; });
}

void Position::still_here() { alive_at_.store(coarse_now(), std::memory_order_relaxed); }

[[gnu::hot]] Position::State Position::state() const {
  const std::lock_guard lock(mutex_);
  State state = state_;
  state.alive_at = alive_at_;
  return state;
}

bool Position::wait(EntryId entry, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  moved_.wait_until(lock, deadline_after(timeout),
                    [&] { return closed_ || state_.entry() >= entry; });
  return state_.entry() >= entry;
}

void Position::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  moved_.notify_all();
}

bool Position::is_closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace crier
