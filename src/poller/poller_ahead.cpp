// SPDX-License-Identifier: MIT
// What rings have brought is applied ahead of the log, which alone proves it: the cursor, and all
// that waits for it, moves with the look that finds the same entries there.
#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "poller/continuity.hpp"
#include "poller/poller.hpp"
#include "refresh/dispatcher.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace crier {

namespace {

// Of one step; more are read by pages.
constexpr std::uint32_t kMostRings = 16;
// That no look has found yet.
constexpr std::size_t kMostAhead = 64;

Cursor place_of(const Entry& entry) { return {entry.id, entry.fingerprint()}; }

}  // namespace

// Only while all refreshers are well: what failed is tried again, and given up, by entries that the
// log holds. And not by who takes over from another, or has failed, before a look went well.
bool Poller::may_go_ahead() const {
  return settings_.longest_ahead.count() > 0 && settings_.followers == nullptr &&
         reading_.tries == 0 && dispatcher_.is_idle() && !position_.is_waited_for() &&
         !is_paused() && (ahead_.empty() || now() < ahead_since_ + settings_.longest_ahead);
}

bool Poller::go_ahead(const std::stop_token& stop) {
  const Wakeup::Rings before = std::exchange(rings_, store_.wakeup().rings());
  const std::uint32_t rings = rings_.with_entries - before.with_entries;
  is_look_asked_ = rings_.without != before.without;
  if (rings == 0 || rings > kMostRings || is_look_asked_ || !may_go_ahead() ||
      !take_brought(rings) || may_exceed(page_, settings_.max_processing_instructions)) {
    return false;
  }
  // Each may take long.
  return std::ranges::all_of(
             page_.entries,
             [&](const Entry& entry) { return may_go_ahead() && apply_ahead(entry, stop); }) &&
         !position_.is_waited_for();  // who began meanwhile may have seen that it was not ahead yet
}

bool Poller::take_brought(std::uint32_t rings) {
  Cursor end = ahead_.empty() ? reading_.cursor : place_of(ahead_.back().entry);
  page_.entries.clear();
  page_.more = page_.ids_are_due = false;
  while (rings > 0 && ahead_.size() + page_.entries.size() < kMostAhead) {
    Entry& entry = page_.entries.emplace_back();
    const std::optional<std::size_t> following = store_.wakeup().take(end, entry);
    if (!following) {
      return false;
    }
    end = place_of(entry);
    rings -= *following == 0 ? 1U : 0U;
  }
  return rings == 0;
}

// What has to stand in the log to mean anything is left to it: what crier itself asks of nodes,
// what can't be read or nobody takes, and what makes this node doubt who it is.
bool Poller::is_plain(const Entry& entry) const {
  return decoded_.problems.empty() && !own_.is_in_doubt(entry) &&
         std::ranges::all_of(decoded_.instructions, [&](const Instruction& instruction) {
           return !is_reserved(instruction.refresher) && dispatcher_.is_claimed(instruction);
         });
}

bool Poller::apply_ahead(const Entry& entry, const std::stop_token& stop) {
  decode_entry(entry);
  if (stop.stop_requested() || !is_plain(entry)) {
    return false;
  }
  if (ahead_.empty()) {
    ahead_since_ = now();
  }
  const bool is_own = own_.contains(entry);
  ahead_.push_back({entry, is_own});
  // Before it runs: who takes over refreshes for it if the log does not hold it.
  if (!keep_ahead()) {
    return false;
  }
  if (!is_own) {
    const Source source{entry.id, entry.originated, decoded_.chain};
    for (const std::size_t index : kept_) {
      if (stop.stop_requested()) {
        return false;
      }
      position_.still_here();
      dispatcher_.apply(decoded_.instructions[index], index, source,
                        {number_, reading_.cursor, false, [this] { return keep(); }});
    }
  }
  ahead_.back().is_applied = true;
  return progress_.change_ahead(number_, [&](std::vector<AheadEntry>& ahead) {
    ahead.back().is_applied = true;
    position_.applied_ahead(place_of(entry));
  });
}

bool Poller::keep_ahead() {
  return progress_.change_ahead(number_, [&](std::vector<AheadEntry>& ahead) {
    if (ahead.size() + 1 == ahead_.size()) {
      ahead.push_back(ahead_.back());
    } else {
      ahead = ahead_;
    }
    if (ahead.empty()) {
      position_.nothing_ahead();
    }
  });
}

bool Poller::resync_if_ahead_of_nothing(const std::stop_token& stop) {
  if (ahead_.empty()) {
    return false;
  }
  // Another poller may have been replaced between the two.
  std::erase_if(ahead_, [&](const AheadEntry& one) { return one.entry.id <= reading_.cursor.id; });
  const auto [row, left] = std::ranges::mismatch(page_.entries, ahead_, {}, {}, &AheadEntry::entry);
  const bool may_follow = row == page_.entries.end() && (page_.more || page_.may_lag);
  if (left != ahead_.end() && !may_follow) {
    // Caches may hold what only an entry has said that this log does not hold.
    resync(ResyncReason::anchor_changed,
           "entry " + left->entry.id.to_string() +
               ", which a wake-up has brought, is not in the log: it was restored or made anew",
           stop);
    return true;
  }
  // What has but begun is applied anew, with the rest of the page.
  const bool has_begun = left != ahead_.begin() && !std::prev(left)->is_applied;
  const auto proved = has_begun ? std::prev(row) : row;
  for (auto entry = page_.entries.begin(); entry != proved; ++entry) {
    if (!pass(place_of(*entry), own_.contains(*entry), false, stop)) {
      return true;
    }
  }
  page_.anchor = reading_.cursor.fingerprint;
  page_.entries.erase(page_.entries.begin(), proved);
  ahead_.erase(ahead_.begin(), left);
  return !keep_ahead();
}

}  // namespace crier
