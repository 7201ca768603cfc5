// SPDX-License-Identifier: MIT
#include "store/sql/log.hpp"

#include <crier/error.hpp>

#include "base/fingerprint.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace crier::sql {
namespace {

// The columns of every SELECT of entries.
constexpr int kId = 0, kUtcStamp = 1, kOriginated = 2, kInstructionCount = 3, kJsonInstruction = 4;
// Of read_after besides: how many rows there were before some were held back, and what the row, its
// table and the counter tell of themselves.
constexpr int kRows = 5, kVersion = 6, kLineage = 7, kEndVersion = 8, kMayLag = 9, kIdsAreDue = 10,
              kLength = 11;
// Of the SELECTs of one place.
constexpr int kLengthOfPlace = 5, kLineageOfPlace = 6;

// The JSON of an anchor that is longer is not read with each poll.
constexpr std::size_t kLong = 16'384;

EntryId id_of(const Rows& row) { return {row.integer(kId)}; }

Fingerprint fingerprint_of_row(const Rows& row, std::uint64_t json_digest) {
  return fingerprint_of(row.text(kUtcStamp), row.text(kOriginated), row.integer(kInstructionCount),
                        json_digest);
}

// JSON that was left out is too large.
std::uint64_t digest_of_row(const Rows& row, int length) {
  return row.is_null(kJsonInstruction)
             ? digest_of_length(static_cast<std::uint64_t>(row.integer(length)))
             : digest_of(row.text(kJsonInstruction));
}

// Into an entry whose memory is used again.
void read_entry(const Rows& row, std::string_view json_instruction, Entry& entry) {
  entry.id = id_of(row);
  entry.utc_stamp = row.text(kUtcStamp);
  entry.originated = row.text(kOriginated);
  entry.instruction_count = row.integer(kInstructionCount);
  entry.json_instruction = json_instruction;
}

Entry entry_of(const Rows& row) {
  Entry entry;
  read_entry(row, row.text(kJsonInstruction), entry);
  return entry;
}

// Whether it is `who`, or one of its writes in a transaction.
bool is_of(std::string_view originated, std::string_view who) {
  return !who.empty() && originated.starts_with(who) &&
         (originated.size() == who.size() || originated[who.size()] == '/');
}

// For a LIMIT: `count`, and `more` on top.
std::int64_t limit_of(std::uint64_t count, std::int64_t more = 0) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(count, static_cast<std::uint64_t>(kMost - more))) +
         more;
}

}  // namespace

bool Log::assign_pending_ids() { return driver_.assign_pending_ids() != 0; }

bool Log::is_umbracos() {
  return session_.config().foreign_log &&
         session_.call("check", [&] { return driver_.is_umbracos(); });
}

std::vector<LogFault> Log::faults() {
  return session_.call("check", [&] { return driver_.faults(); });
}

std::vector<EntryId> Log::find_written(EntryId after, std::string_view originated,
                                       std::size_t most) {
  return session_.call("read", [&] {
    std::vector<EntryId> ids;
    Rows row = find_written_.run({after.value, originated, limit_of(most)});
    while (row.step()) {
      ids.push_back(id_of(row));
    }
    return ids;
  });
}

std::vector<std::string> Log::stamps(EntryId last, std::size_t count) {
  std::vector<std::string> stamps;
  if (const auto& read = appended_.entries;
      read.size() == count && count > 0 && read.back().id == last) {
    std::ranges::transform(read, std::back_inserter(stamps), &Entry::utc_stamp);
    return stamps;
  }
  return session_.call("read", [&] {
    Rows row = stamps_.run({last.value - static_cast<std::int64_t>(count), last.value});
    while (row.step()) {
      stamps.emplace_back(row.text(0));
    }
    return stamps;
  });
}

// What the anchor says is part of its fingerprint. A long one is read again only if it may have
// changed.
void Log::read_after(EntryId after, const ReadLimits& limits, Page& page) {
  session_.call("read", [&] {
    driver_.before_reading();
    bool with_json = anchor_.id != after || !anchor_.is_long;
    bool asked = false;
    bool may_lag = false;
    for (bool is_same = false; !is_same; with_json = true) {
      std::uint64_t version = read_page(after, limits, with_json, page);
      const LogDriver::State state = driver_.after_reading(page.entries.empty());
      page.lineage += state.lineage;
      version += state.version;
      is_same = with_json || !page.anchor || version == anchor_.version;
      anchor_.version = version;
      // Without a row nothing tells in the same snapshot: what may have got its id between the read
      // and the question is there for a second read.
      if (!page.anchor && page.entries.empty()) {
        page.ids_are_due = state.ids_are_due;
        page.may_lag = may_lag = may_lag || state.may_lag;
        is_same = is_same && (asked || state.ids_are_due);
        asked = true;
      }
    }
    if (!page.anchor) {
      anchor_ = {};
    }
  });
}

std::uint64_t Log::read_page(EntryId after, const ReadLimits& limits, bool with_json, Page& page) {
  const std::size_t most = std::max<std::size_t>(limits.entries, 1);
  page.anchor.reset();
  page.more = false;
  page.lineage = page.end_version = 0;
  page.may_lag = page.ids_are_due = false;
  std::uint64_t version = 0;
  std::size_t count = 0;
  std::int64_t rows = 0;
  std::int64_t there = 0;  // of them, before some were held back
  Rows row = read_after_.run({after.value, limit_of(most, 1), limit_of(limits.bytes), with_json});
  for (std::size_t bytes = 0; count < most && row.step();) {
    if (rows++ == 0) {
      there = row.integer(kRows);
      page.lineage = static_cast<std::uint64_t>(row.integer(kLineage));
      page.end_version = static_cast<std::uint64_t>(row.integer(kEndVersion));
      page.may_lag = row.flag(kMayLag);
      page.ids_are_due = row.flag(kIdsAreDue);
    }
    if (count == 0 && id_of(row) == after) {
      if (with_json) {
        anchor_ = {after, digest_of_row(row, kLength), row.text(kJsonInstruction).size() > kLong,
                   0};
      }
      version = static_cast<std::uint64_t>(row.integer(kVersion));
      if (after != EntryId{}) {
        page.anchor = fingerprint_of_row(row, anchor_.json_digest);
      }
      continue;
    }
    const std::string_view json = row.text(kJsonInstruction);
    bytes += json.size();
    if (count > 0 && bytes > limits.bytes) {
      page.more = true;
      break;
    }
    if (count == page.entries.size()) {
      page.entries.emplace_back();
    }
    read_entry(row, json, page.entries[count++]);
  }
  page.more = page.more || count == most || there > rows;
  page.entries.resize(count);
  return version;
}

Heads Log::heads(EntryId id) {
  return session_.call("read", [&] {
    driver_.before_reading();
    Heads heads;
    {
      Rows row = heads_.run({id.value});
      while (row.step()) {
        heads.lineage = static_cast<std::uint64_t>(row.integer(kLineageOfPlace));
        if (id_of(row) == id) {
          heads.here = Cursor{id, fingerprint_of_row(row, digest_of_row(row, kLengthOfPlace))};
        } else if (!heads.next) {
          heads.next = id_of(row);
        }
      }
    }
    heads.lineage += driver_.after_reading(true).lineage;
    return heads;
  });
}

std::vector<Entry> Log::read_before(EntryId before, std::size_t count) {
  return session_.call("read", [&] {
    std::vector<Entry> entries;
    Rows row = read_before_.run({before.value, limit_of(count)});
    while (row.step()) {
      entries.push_back(entry_of(row));
    }
    return entries;
  });
}

std::int64_t Log::backlog(EntryId after, std::int64_t limit, std::string_view except) {
  return session_.call("read", [&] {
    Rows row = backlog_.run(
        {after.value, limit_of(static_cast<std::uint64_t>(std::max<std::int64_t>(limit, 0)), 1)});
    std::int64_t sum = 0;
    while (sum <= limit && row.step()) {
      if (is_of(row.text(kOriginated), except)) {
        continue;
      }
      const std::int64_t written = row.integer(kInstructionCount);
      const std::int64_t count = written < 0 ? 1 : written;
      sum += std::min(count, std::numeric_limits<std::int64_t>::max() - sum);
    }
    return sum;
  });
}

std::optional<Entry> Log::find(EntryId id) {
  return session_.call("read", [&]() -> std::optional<Entry> {
    Rows row = find_.run({id.value});
    return row.step() ? std::optional(entry_of(row)) : std::nullopt;
  });
}

Cursor Log::newest() {
  return session_.call("read", [&]() -> Cursor {
    Rows row = newest_.run();
    return row.step()
               ? Cursor{id_of(row), fingerprint_of_row(row, digest_of_row(row, kLengthOfPlace))}
               : Cursor{};
  });
}

std::optional<LogBounds> Log::bounds() {
  return session_.call("read", [&]() -> std::optional<LogBounds> {
    Rows row = bounds_.run();
    row.step();
    return row.is_null(0) ? std::nullopt
                          : std::optional(LogBounds{{row.integer(0)}, {row.integer(1)}});
  });
}

}  // namespace crier::sql
