// SPDX-License-Identifier: MIT
// How a record goes on: by one look at the log.
#include <crier/error.hpp>

#include "base/hash.hpp"
#include "cache/hybrid/invalidations.hpp"
#include "cache/hybrid/ruled_half.hpp"

#include <algorithm>
#include <cstdint>

namespace crier {
namespace {

// What lies further back is not read: a new record is made.
constexpr ReadLimits kLook{.entries = 2048, .bytes = 8UL * 1024 * 1024};

std::uint64_t new_generation() {
  return std::max<std::uint64_t>(fnv1a64(Guid::random().to_string()), 1);
}

// The row of `id` in what was read from `from` on.
std::optional<Fingerprint> fingerprint_in(const Page& page, EntryId from, EntryId id,
                                          LogAccess& log) {
  if (id.value == 0) {
    return log.origin();
  }
  if (id == from) {
    return page.anchor;
  }
  const auto row = std::ranges::lower_bound(page.entries, id, {}, &Entry::id);
  return row == page.entries.end() || row->id != id ? std::nullopt
                                                    : std::optional(row->fingerprint());
}

// What is missing, pruned or deleted, may have concerned any key.
bool is_whole(const Page& page, EntryId from) {
  return page.entries.empty() || page.entries.back().id.value - from.value ==
                                     static_cast<std::int64_t>(page.entries.size());
}

}  // namespace

std::optional<RuledHalf::Plan> RuledHalf::plan(LogAccess& log, const Start& start,
                                               const HybridRecord& record, const Fill* fill) const {
  const LogView::Begun here = view_.begun();
  if (start.epoch == 0 || here.epoch != start.epoch) {
    return std::nullopt;
  }
  const Cursor& place = here.cursor;
  const Cursor& through = record.through;
  // What the record lacks this node knows, if it has seen the record's entry: then what it has yet
  // to see is all that is to be read.
  const std::optional<LogView::Since> known =
      record.generation == 0 ? std::nullopt : view_.since(through);
  const bool is_far = place.id.value - through.id.value >= static_cast<std::int64_t>(kLook.entries);
  bool anew = record.generation == 0 || (!known && is_far);
  EntryId from = anew || known ? place.id : std::min(place.id, through.id);
  // A set asks who else has written since its caller began.
  const bool is_set = fill != nullptr && fill->set;
  if (is_set) {
    from = std::min(from, start.place.applied);
  }

  Page page;
  if (!log.look(from, kLook, page) || page.more) {
    return std::nullopt;
  }
  const bool is_here = fingerprint_in(page, from, place.id, log) == place.fingerprint;
  const std::uint64_t lineage = start.place.lineage;
  if (!is_here || (lineage != 0 && page.lineage != 0 && page.lineage != lineage) ||
      view_.begun().epoch != start.epoch) {
    return std::nullopt;
  }
  anew = anew || !is_whole(page, from) ||
         (!known && fingerprint_in(page, from, through.id, log) != through.fingerprint);

  const Cursor newest = page.entries.empty() || page.entries.back().id <= place.id
                            ? place
                            : Cursor{page.entries.back().id, page.entries.back().fingerprint()};
  Plan plan;
  if (known) {
    plan.next.floor = known->all;
    plan.marks = known->marks;
  }
  add_rows(page, known ? known->begun.id : through.id, plan);
  if (anew) {
    plan.anew = true;
    plan.next = {new_generation(), newest, newest.id};
    plan.marks.clear();
    return plan;
  }
  // Always to the newest: a record that stands before what its values are as of can't tell whether
  // that is still in the log.
  plan.next = {record.generation, newest, std::max(record.floor, plan.next.floor)};
  if (fill != nullptr) {
    const std::vector<std::uint64_t> own = marks_of(fill->key, fill->tags);
    const EntryId applied = fill->set.value_or(start.place.applied);
    const auto is_later = [&](const HybridMark& mark) {
      return mark.entry > applied && std::ranges::find(own, mark.what) != own.end();
    };
    plan.is_void = plan.next.floor > applied || std::ranges::any_of(plan.marks, is_later) ||
                   (is_set && is_overtaken(log, page, *fill));
  }
  return plan;
}

void RuledHalf::add_rows(const Page& page, EntryId after, Plan& plan) const {
  for (const Entry& entry : page.entries) {
    if (entry.id <= after) {
      continue;
    }
    const Invalidations found = invalidations_of(decode(entry.json_instruction), refresher_);
    plan.next.floor = found.all ? entry.id : plan.next.floor;
    for (const std::uint64_t mark : found.marks) {
      plan.marks.push_back({mark, entry.id});
    }
  }
}

// What this node had published before does not count: its caller knew of it.
bool RuledHalf::is_overtaken(LogAccess& log, const Page& page, const Fill& set) const {
  const std::vector<std::uint64_t> own = marks_of(set.key, set.tags);
  return std::ranges::any_of(page.entries, [&](const Entry& entry) {
    if (entry.id <= set.start.place.applied || entry.id == set.set ||
        (entry.id <= set.start.place.published && log.is_own(entry))) {
      return false;
    }
    const Invalidations found = invalidations_of(decode(entry.json_instruction), refresher_);
    return found.all || std::ranges::any_of(found.marks, [&](std::uint64_t mark) {
             return std::ranges::find(own, mark) != own.end();
           });
  });
}

}  // namespace crier
