// SPDX-License-Identifier: MIT
// How a poller gets past a row that can't be read.
#include "base/log_followers.hpp"
#include "base/position.hpp"
#include "poller/poller.hpp"
#include "refresh/coalesce.hpp"
#include "refresh/dispatcher.hpp"

namespace crier {

namespace {

// From the next look on after a failure the row is tried so many times.
constexpr int kMostTries = 3;

}  // namespace

bool Poller::may_read_on(const std::stop_token& stop) {
  // If that failed, the row is to blame only if the log answers otherwise.
  if (reading_.tries > 0) {
    const std::optional<EntryId> next = log().heads(reading_.cursor.id).next;
    if (next && reading_.tries > kMostTries) {
      pass_unread(*next, stop);
      return false;
    }
    if (next) {
      ++reading_.tries;
      keep();  // now: a read that hangs is another poller's to count
    }
  }
  return true;
}

// Nobody knows what it says.
void Poller::pass_unread(EntryId entry, const std::stop_token& stop) {
  const std::string what = "it could not be read in " + std::to_string(kMostTries) + " tries" +
                           (read_error_.empty() ? "" : ": " + read_error_);
  begin_resync(ResyncReason::unreadable_entry, "entry " + entry.to_string() + ": " + what);
  // Once it is kept: an observer may hang in being told.
  dispatcher_.give_up({FailureKind::unreadable, {entry, {}}, 0, {}, {}, what}, reading_.cursor, {});
  run_due(stop);
}

// However large it is, this ends by itself.
void Poller::decode_entry(const Entry& entry) {
  const Position::Computing computing(position_);
  decode(entry.json_instruction, decoded_);
  coalesce(decoded_.instructions, kept_);
}

// What has begun first, and then the evictions: who takes his stamp after one of those knows of the
// entry.
bool Poller::tell_followers(const Cursor& entry, bool delivered) {
  const LogFollowers* const followers = settings_.followers;
  if (followers == nullptr) {
    return true;
  }
  if (!progress_.put(number_, reading_, [&] { followers->begin(entry, decoded_); })) {
    return false;
  }
  if (delivered) {
    followers->pass_own(decoded_);
  }
  return true;
}

bool Poller::restart_followers(const Cursor& place) {
  return progress_.put(number_, reading_, [&] {
    position_.still_here();
    if (settings_.followers != nullptr) {
      settings_.followers->restart(place, position_.state().resets);
    }
  });
}

}  // namespace crier
