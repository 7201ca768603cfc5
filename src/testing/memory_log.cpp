// SPDX-License-Identifier: MIT
#include "testing/memory_log.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <utility>

namespace crier::testing {

std::string stamp_of(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t since_1970 = seconds.count();
  std::tm utc{};
  ::gmtime_r(&since_1970, &utc);
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d %02d:%02d:%02d.%03d", utc.tm_year + 1900,
                utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                static_cast<int>((time - seconds).count()));
  return text.data();
}

MemoryLog::Rows::iterator MemoryLog::at(EntryId id) {
  return std::lower_bound(rows_.begin(), rows_.end(), id,
                          [](const Row& row, EntryId other) { return row.entry.id < other; });
}

EntryId MemoryLog::append(NewEntry entry, Time now) {
  const EntryId id{next_id_++};
  rows_.push_back({{id, stamp_of(now), std::move(entry.originated), entry.instruction_count,
                    std::move(entry.json_instruction)},
                   now});
  return id;
}

Page MemoryLog::read_after(EntryId after, const ReadLimits& limits) {
  Page page;
  page.lineage = lineage_;
  auto row = at(after);
  if (row != rows_.end() && row->entry.id == after) {
    page.anchor = row->entry.fingerprint();
    ++row;
  }
  for (; row != rows_.end() && page.entries.size() < limits.entries; ++row) {
    page.entries.push_back(row->entry);
  }
  page.more = page.entries.size() == limits.entries;
  return page;
}

Heads MemoryLog::heads(EntryId id) {
  const Page page = read_after(id, {.entries = 1});
  Heads heads;
  heads.lineage = page.lineage;
  if (page.anchor) {
    heads.here = Cursor{id, *page.anchor};
  }
  if (!page.entries.empty()) {
    heads.next = page.entries[0].id;
  }
  return heads;
}

std::vector<Entry> MemoryLog::read_before(EntryId before, std::size_t count) {
  std::vector<Entry> found;
  for (auto row = at(before); row != rows_.begin() && found.size() < count;) {
    found.push_back((--row)->entry);
  }
  return found;
}

std::int64_t MemoryLog::backlog(EntryId after, std::int64_t limit, std::string_view except) {
  std::int64_t sum = 0;
  for (auto row = at({after.value + 1}); row != rows_.end() && sum <= limit; ++row) {
    const std::string& who = row->entry.originated;
    if (except.empty() || (who != except && !who.starts_with(std::string(except) + "/"))) {
      sum += row->entry.instruction_count < 0 ? 1 : row->entry.instruction_count;
    }
  }
  return sum;
}

std::optional<Entry> MemoryLog::find(EntryId id) {
  const auto row = at(id);
  if (row == rows_.end() || row->entry.id != id) {
    return std::nullopt;
  }
  return row->entry;
}

EntryId MemoryLog::newest_id() const { return rows_.empty() ? EntryId() : rows_.back().entry.id; }

Cursor MemoryLog::newest() const {
  return rows_.empty() ? Cursor() : Cursor{newest_id(), rows_.back().entry.fingerprint()};
}

std::optional<LogBounds> MemoryLog::bounds() const {
  if (rows_.empty()) {
    return std::nullopt;
  }
  return LogBounds{rows_.front().entry.id, newest_id()};
}

// The last row that is old takes along those before it whose stamps lie in the future; one that
// stands beyond them all speaks for as many as may go.
Pruned MemoryLog::prune(const PruneOrder& order, const MemoryCluster& cluster, Time now) {
  Pruned pruned;
  if (order.fence && !cluster.holds(*order.fence, now)) {
    pruned.outcome = Pruned::Outcome::not_leader;
    return pruned;
  }
  const auto is_old = [&](const Row& row) { return now - row.written > order.older_than; };
  const auto is_young = [&](const Row& row) { return row.written <= now && !is_old(row); };
  const auto begin = order.dry_run ? at({order.after.value + 1}) : rows_.begin();
  auto end = at(newest_id());
  std::string held_by;
  if (const auto floor = cluster.floor(order, now)) {
    if (const auto held = at(floor->position); held < end) {
      held_by = is_old(*held) ? floor->name : "";
      end = held;
    }
  }
  auto next = begin;  // after the last that goes
  auto row = begin;
  for (; row < end && row - begin < std::ptrdiff_t(order.max_rows) && !is_young(*row); ++row) {
    next = is_old(*row) ? row + 1 : next;
  }
  const bool full = row - begin == std::ptrdiff_t(order.max_rows);
  if (full && next == begin) {
    const auto sound =
        std::find_if(row, rows_.end(), [&](const Row& later) { return later.written <= now; });
    next = sound != rows_.end() && is_old(*sound) ? row : next;
  }
  pruned.more = full && next != begin;
  pruned.held_by = row == end ? held_by : "";
  if (next == begin) {
    return pruned;
  }
  pruned.rows = static_cast<std::size_t>(next - begin);
  pruned.through = std::prev(next)->entry.id;
  if (!order.dry_run) {
    pruned_through_ = pruned.through;
    rows_.erase(begin, next);
  }
  return pruned;
}

// Where what was pruned stands in the log, it was another one, which was replaced by this.
EntryId MemoryLog::pruned_through() const {
  return !rows_.empty() && pruned_through_ < rows_.front().entry.id ? pruned_through_ : EntryId();
}

void MemoryLog::put(Entry entry, Time now) {
  next_id_ = std::max(next_id_, entry.id.value + 1);
  const auto row = at(entry.id);
  if (row != rows_.end() && row->entry.id == entry.id) {
    row->entry = std::move(entry);
    return;
  }
  rows_.insert(row, {std::move(entry), now});
}

void MemoryLog::drop(EntryId id) {
  std::erase_if(rows_, [&](const Row& row) { return row.entry.id == id; });
}

void MemoryLog::restore(EntryId first) {
  rows_.erase(at(first), rows_.end());
  next_id_ = first.value;
  ++lineage_;
}

void MemoryLog::prune_through(EntryId last) {
  const EntryId through{std::min(last.value, newest_id().value - 1)};
  if (rows_.empty() || through < rows_.front().entry.id) {
    return;
  }
  rows_.erase(rows_.begin(), at({through.value + 1}));
  pruned_through_ = through;
}

std::vector<Entry> MemoryLog::rows() const {
  std::vector<Entry> entries;
  for (const Row& row : rows_) {
    entries.push_back(row.entry);
  }
  return entries;
}

}  // namespace crier::testing
