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

// Of the entry that is under way.
bool is_next_gone(const ReadProgress& reading, const Page& page) {
  if (reading.begun == 0 || reading.next.id <= reading.cursor.id) {
    return false;
  }
  return page.entries.empty() || page.entries.front().id != reading.next.id ||
         page.entries.front().fingerprint() != reading.next.fingerprint;
}

Discontinuity sentence_of(const OwnEntries::Break& found) {
  using Kind = OwnEntries::Break::Kind;
  const std::string entry = "entry " + found.entry.to_string();
  switch (found.kind) {
    case Kind::gone:
      return {ResyncReason::anchor_gone,
              entry +
                  ", which this node has written, is not in the log: it was restored, "
                  "truncated or replaced",
              true};
    case Kind::taken:
      return {ResyncReason::anchor_changed,
              entry +
                  " is not the one that this node has written: the log was restored or made "
                  "anew",
              true};
    case Kind::given_twice:
      return {ResyncReason::anchor_changed,
              "this node was given the id " + found.entry.to_string() +
                  ", which the log had reached before: it was restored or made anew",
              true};
    case Kind::cloned:
      break;
  }
  return {ResyncReason::cloned,
          entry +
              " bears the origin of this node, which has not written it: another process was "
              "started from the same snapshot of memory",
          false, found.entry};
}

}  // namespace

std::optional<Discontinuity> find_break(const Anchor& anchor, const Page& page,
                                        InstructionLog& log) {
  const ReadProgress& reading = anchor.reading;
  const Cursor& cursor = reading.cursor;
  if (cursor.id.value != 0 && !page.anchor) {
    return anchor_gone(cursor.id, log.pruned_through());
  }
  const bool is_another = cursor.id.value != 0 && *page.anchor != cursor.fingerprint;
  if (is_another || is_next_gone(reading, page)) {
    return Discontinuity{ResyncReason::anchor_changed,
                         "entry " + (is_another ? cursor.id : reading.next.id).to_string() +
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
  const auto end = page.more ? std::nullopt : std::optional(EntryId{expected});
  if (const auto found =
          anchor.own.find_break(anchor.written, page.may_lag ? std::nullopt : end, page.entries)) {
    return sentence_of(*found);
  }
  const bool is_at_known_end = end && page.entries.empty() && *end == reading.end;
  if (is_at_known_end && reading.end_version != 0 && page.end_version != 0 &&
      reading.end_version != page.end_version) {
    return Discontinuity{ResyncReason::anchor_changed,
                         "the log ends at entry " + cursor.id.to_string() +
                             " again: it has gone on meanwhile, and was set back",
                         true};
  }
  if (reading.lineage != 0 && page.lineage != 0 && reading.lineage != page.lineage) {
    return Discontinuity{ResyncReason::replaced,
                         "the database was restored, or its tables were made anew or altered",
                         true};
  }
  return std::nullopt;
}

bool may_exceed(const Page& page, std::size_t limit) {
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
