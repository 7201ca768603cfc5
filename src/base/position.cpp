// SPDX-License-Identifier: MIT
#include "base/position.hpp"

#include <algorithm>

namespace crier {

template <class Change>
void Position::change(Change apply) {
  const std::lock_guard lock(mutex_);
  apply();
  still_here();
}

void Position::tell() {
  ++state_.changes;
  moved_.notify_all();
}

void Position::advance(const Cursor& cursor) {
  change([&] {
    if (cursor.id > state_.cursor.id) {
      state_.cursor = cursor;
      tell();
    }
  });
}

void Position::reset(const Cursor& cursor) {
  change([&] {
    if (state_.lost || state_.logs == 0) {
      state_.began = cursor.id;
      ++state_.logs;
    }
    state_.cursor = cursor;
    state_.lost = false;
    ++state_.resets;
    state_.read = cursor.id;
    state_.anew = false;
    tell();
  });
}

void Position::lose() {
  change([&] {
    state_.lost = true;
    state_.read = {};
    checks_.clear();
    tell();
  });
}

void Position::read_through(const Cursor& cursor, bool anew) {
  change([&] {
    if (cursor.id == state_.read && anew == state_.anew) {
      return;
    }
    state_.read = cursor.id;
    state_.anew = anew;
    if (cursor.id != EntryId{}) {
      checks_.add(cursor);
    }
    tell();
  });
}

void Position::read_anew(const Cursor& cursor) {
  {
    const std::lock_guard lock(mutex_);
    checks_.clear();
  }
  read_through(cursor, true);
}

void Position::applied_ahead(const Cursor& entry) {
  change([&] {
    ahead_.push_back(entry.id.with(entry.fingerprint));
    state_.is_ahead = true;
    tell();
  });
}

void Position::nothing_ahead() {
  change([&] {
    ahead_.clear();
    state_.is_ahead = false;
  });
}

void Position::stir() {
  change([&] { tell(); });
}

void Position::looked(Clock::time_point at, bool proved, bool complete) {
  change([&] {
    state_.looked_at = at;
    if (complete) {
      state_.read_at = at;
    }
    if (proved && at <= live_until_) {
      state_.proved_at = at;
    }
  });
}

void Position::live_until(Clock::time_point end) {
  const std::lock_guard lock(mutex_);
  live_until_ = end;
}

void Position::prove_nothing_since(Clock::time_point at) {
  change([&] { state_.read_at = state_.proved_at = at; });
}

void Position::saw_canary(EntryId entry) {
  change([&] { state_.canary = entry; });
}

void Position::still_here() {
  alive_at_.store(clock_ ? clock_() : coarse_now(), std::memory_order_relaxed);
}

Position::State Position::state() const {
  const bool stands = pause_.stands();  // before the rest, which then is where it stands
  const std::lock_guard lock(mutex_);
  State state = state_;
  state.alive_at = alive_at_;
  state.stands = stands;
  return state;
}

IdCheck Position::compare(EntryId id) const {
  const std::lock_guard lock(mutex_);
  return checks_.compare(id);
}

bool Position::has_applied_ahead(EntryId id) const {
  const std::lock_guard lock(mutex_);
  return id.check != 0 && std::ranges::any_of(ahead_, [&](const EntryId& one) {
           return one == id && one.check == id.check;
         });
}

void Position::wait_change(std::uint64_t changes, Clock::time_point until) const {
  std::unique_lock lock(mutex_);
  moved_.wait_until(lock, until, [&] { return closed_ || state_.changes != changes; });
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
