// SPDX-License-Identifier: MIT
#include "base/position.hpp"

#include "base/deadline.hpp"

namespace crier {

void Position::advance(const Cursor& cursor) { move_to(cursor, false); }

void Position::reset(const Cursor& cursor) { move_to(cursor, true); }

void Position::still_here() {
  const std::lock_guard lock(mutex_);
  state_.alive_at = Clock::now();
}

Position::State Position::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

bool Position::wait(EntryId entry, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  moved_.wait_until(lock, deadline_after(timeout),
                    [&] { return closed_ || state_.cursor.id >= entry; });
  return state_.cursor.id >= entry;
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

void Position::move_to(const Cursor& cursor, bool reset) {
  const std::lock_guard lock(mutex_);
  state_.cursor = cursor;
  state_.resets += reset ? 1 : 0;
  state_.alive_at = Clock::now();
  moved_.notify_all();
}

}  // namespace crier
