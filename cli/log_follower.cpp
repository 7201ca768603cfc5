// SPDX-License-Identifier: MIT
#include "log_follower.hpp"

namespace crier::cli {

LogFollower::Step LogFollower::step(InstructionLog& log, const Visit& visit, const Say& say) {
  const Page page = log.read_after(position_);
  if (is_replaced(log, page, say)) {
    return Step::more;
  }
  for (const Entry& entry : page.entries) {
    if (position_.value != 0 && entry.id.value != position_.value + 1) {
      say("a hole: after entry " + std::to_string(position_.value) + " comes entry " +
          std::to_string(entry.id.value));
    }
    move_to({entry.id, entry.fingerprint()});
    if (!visit(entry)) {
      return Step::refused;
    }
  }
  return page.entries.empty() ? Step::nothing : Step::more;
}

// Whether the row at which it stands is not the one it was.
bool LogFollower::is_replaced(InstructionLog& log, const Page& page, const Say& say) {
  if (!anchor_ || page.anchor == anchor_) {
    return false;
  }
  const std::string where = "entry " + std::to_string(position_.value);
  move_to(log.newest());
  say(where + (page.anchor ? " is another one now" : " is gone") +
      ": the log was replaced or pruned; going on after entry " + std::to_string(position_.value));
  return true;
}

void LogFollower::move_to(const Cursor& cursor) {
  position_ = cursor.id;
  anchor_ = cursor.id.value == 0 ? std::nullopt : std::optional(cursor.fingerprint);
}

}  // namespace crier::cli
