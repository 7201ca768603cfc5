// SPDX-License-Identifier: MIT
// Where a poller begins to read.
#include "base/position.hpp"
#include "poller/poller.hpp"
#include "refresh/dispatcher.hpp"

namespace crier {

void Poller::start(ColdStart cold_start) {
  if (cold_start == ColdStart::refresh_all) {
    resync(ResyncReason::first_start, "asked for at start", {});
  } else {
    move_to(log().newest());
  }
}

void Poller::resume(const std::optional<Cursor>& cursor) {
  // Entry 0 has no row by which it could be told whether this is the log that it stands for.
  if (!cursor || cursor->id.value == 0) {
    resync(ResyncReason::first_start, "no position was kept that could be trusted", {});
    return;
  }
  move_to(*cursor);
  // Before the application fills its caches, not with the first poll.
  resync_if_moved(log().read_after(cursor->id, {.entries = 1}), {});
}

void Poller::move_to(const Cursor& cursor) {
  position_.saw_canary(cursor.id);
  // What an earlier start has left undone holds the position here, not before it.
  dispatcher_.move_position_limit(cursor);
  reading_ = {cursor, {}, 0, false, {}, {}};
  if (keep()) {
    position_.reset(cursor);
    settings_.publish_position();
  }
}

}  // namespace crier
