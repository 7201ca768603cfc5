// SPDX-License-Identifier: MIT
#include "poller/continuity.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace crier {

namespace {

Discontinuity anchor_gone(EntryId id, EntryId pruned_through) {
  if (pruned_through >= id) {
    return {ResyncReason::pruned, "entries up to " + pruned_through.to_string() +
                                      " were pruned while this node stood at entry " +
                                      id.to_string()};
  }
  return {ResyncReason::anchor_gone,
          "entry " + id.to_string() +
              " is no longer in the log: it was restored, truncated or replaced",
          true};
}

}  // namespace

[[gnu::hot]] std::optional<Discontinuity> find_break(const Cursor& cursor, const Page& page,
                                                     InstructionLog& log) {
  if (cursor.id.value != 0 && !page.anchor) {
    return anchor_gone(cursor.id, log.pruned_through());
  }
  if (cursor.id.value != 0 && *page.anchor != cursor.fingerprint) {
    return Discontinuity{ResyncReason::anchor_changed,
                         "entry " + cursor.id.to_string() +
                             " is not the one that was read: the log was restored or made anew",
                         true};
  }
  std::int64_t expected = cursor.id.value;
  for (const Entry& entry : page.entries) {
    if (entry.id.value != ++expected) {
      return Discontinuity{
          ResyncReason::hole,
          "entry " + std::to_string(expected) + " is missing before entry " + entry.id.to_string()};
    }
  }
  return std::nullopt;
}

[[gnu::hot]] bool may_exceed(const Page& page, std::size_t limit) {
  constexpr std::uint64_t kEndless = std::numeric_limits<std::int64_t>::max();
  if (page.entries.empty() || limit >= kEndless) {
    return false;
  }
  std::uint64_t sum = 0;  // of what the rows say, which may be anything
  for (const Entry& entry : page.entries) {
    const std::int64_t count = entry.instruction_count;
    sum += count < 0
               ? 1
               : std::min(static_cast<std::uint64_t>(count), kEndless - std::min(sum, kEndless));
  }
  return page.more || sum > limit;
}

}  // namespace crier
