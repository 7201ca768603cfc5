// SPDX-License-Identifier: MIT
// Where a poller begins to read.
#include "base/fingerprint.hpp"
#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "poller/poller.hpp"
#include "refresh/dispatcher.hpp"

namespace crier {

void Poller::start(ColdStart cold_start) {
  look_at_lineage();
  if (cold_start == ColdStart::refresh_all) {
    resync(ResyncReason::first_start, "asked for at start", {});
  } else {
    move_to(log().newest());
  }
}

void Poller::resume(const std::optional<Cursor>& cursor) {
  look_at_lineage();
  // Entry 0 has no row by which it could be told whether this is the log that it stands for.
  if (!cursor || cursor->id.value == 0) {
    resync(ResyncReason::first_start, "no position was kept that could be trusted", {});
    return;
  }
  const EntryId written = own_.newest();
  const std::optional<Cursor> here = log().heads(cursor->id).here;
  if (here && here != cursor) {
    const std::optional<Entry> entry = log().find(cursor->id);
    if (entry && first_fingerprint_of(*entry) == cursor->fingerprint) {
      resync(
          ResyncReason::first_start,
          "the position was kept by an earlier version of crier, which did not note what entry " +
              cursor->id.to_string() + " says",
          {});
      return;
    }
  }
  move_to(*cursor);
  // Before the application fills its caches, not with the first poll. What follows may be too large
  // to be read.
  page_.entries.clear();
  page_.more = true;
  page_.anchor = here ? std::optional(here->fingerprint) : std::nullopt;
  resync_if_broken(written, {});
}

void Poller::look_at_lineage() { page_.lineage = log().heads({}).lineage; }

void Poller::move_to(const Cursor& cursor) {
  position_.saw_canary(cursor.id);
  // What an earlier start has left undone holds the position here, not before it.
  dispatcher_.move_position_limit(cursor);
  reading_ = {.cursor = cursor, .lineage = page_.lineage};
  if (restart_followers(cursor)) {
    position_.reset(cursor);
    settings_.publish_position();
  }
}

}  // namespace crier
