// SPDX-License-Identifier: MIT
// What leads to a full refresh, and how that begins.
#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "poller/continuity.hpp"
#include "poller/poller.hpp"
#include "refresh/dispatcher.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace crier {

bool Poller::resync_if_moved(const std::stop_token& stop) {
  const EntryId written = own_.newest();
  // From the cursor's own row on: the anchor. The statement has ended when a refresher runs.
  log().read_after(reading_.cursor.id, kPage, page_);
  return resync_if_broken(written, stop);
}

bool Poller::resync_if_broken(EntryId written, const std::stop_token& stop) {
  const std::optional<Discontinuity> missed =
      reading_.replaced ? Discontinuity{ResyncReason::replaced, *reading_.replaced, true}
                        : find_break({reading_, own_, written}, page_, log());
  if (!missed) {
    reading_.lineage = page_.lineage;
    if (!page_.more) {
      reading_.end = page_.entries.empty() ? reading_.cursor.id : page_.entries.back().id;
      reading_.end_version = page_.end_version;
    }
    return false;
  }
  const bool mine = progress_.put(number_, reading_, [&] {
    if (missed->is_other_log) {
      position_.lose();
    }
  });
  if (mine) {
    if (missed->reason == ResyncReason::cloned) {
      settings_.rename(missed->entry);
    }
    resync(missed->reason, missed->detail, stop);
  }
  return true;
}

void Poller::resync(ResyncReason reason, std::string detail, const std::stop_token& stop) {
  begin_resync(reason, std::move(detail));
  run_due(stop);
}

void Poller::begin_resync(ResyncReason reason, std::string detail) {
  // The place first: what commits during the refreshes is read after it.
  const std::uint64_t mark = own_.mark();
  const Cursor newest = log().newest();
  if (!restart_followers(newest)) {
    return;
  }
  const Missed missed{reading_.cursor.id, newest.id};
  const std::string originated = own_.originated();
  dispatcher_.refresh_everything({newest.id, originated}, position_.state().cursor);
  position_.saw_canary(newest.id);
  reading_ = {.cursor = newest,
              .anew = true,
              .lineage = page_.lineage,
              .resync = Resync{reason, std::move(detail), newest.id}};
  ahead_.clear();
  keep_ahead();
  if (!progress_.put(number_, reading_, [&] {
        position_.still_here();
        position_.read_anew(newest);
        own_.restart(newest.id, mark);
      })) {
    return;
  }
  // Once it is kept: an observer that hangs in this does not hang the next poller, too.
  if (reason != ResyncReason::first_start) {
    reporter_.missed(missed, reason);
  }
}

}  // namespace crier
