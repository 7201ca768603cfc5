// SPDX-License-Identifier: MIT
#include "store/sqlite/sqlite_log.hpp"

#include <crier/error.hpp>

#include "base/fingerprint.hpp"
#include "store/sqlite/write.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace crier::sqlite {
namespace {

// The columns of every SELECT of entries.
constexpr int kId = 0, kUtcStamp = 1, kOriginated = 2, kInstructionCount = 3, kJsonInstruction = 4;

using Row = RowStatement::Run;

EntryId id_of(const Row& row) { return {row.integer(kId)}; }

Fingerprint fingerprint_of_row(const Row& row) {
  return fingerprint_of(row.bytes(kUtcStamp), row.bytes(kOriginated),
                        row.integer(kInstructionCount));
}

// Into an entry whose memory is used again.
[[gnu::hot]] void read_entry(const Row& row, std::string_view json_instruction, Entry& entry) {
  entry.id = id_of(row);
  entry.utc_stamp = row.bytes(kUtcStamp);
  entry.originated = row.bytes(kOriginated);
  entry.instruction_count = row.integer(kInstructionCount);
  entry.json_instruction = json_instruction;
}

Entry entry_of(const Row& row) {
  Entry entry;
  read_entry(row, row.bytes(kJsonInstruction), entry);
  return entry;
}

// Whether it is `who`, or one of its writes in a transaction.
bool is_of(std::string_view originated, std::string_view who) {
  return !who.empty() && originated.starts_with(who) &&
         (originated.size() == who.size() || originated[who.size()] == '/');
}

}  // namespace

EntryId SqliteLog::append(std::span<const NewEntry> entries) {
  if (entries.empty()) {
    throw Error("append", "there is nothing to append", Error::Kind::invalid_argument);
  }
  return database_.call("append", [&] {
    EntryId last;
    if (entries.size() == 1) {
      last = appender_.append(entries.front());  // a transaction by itself
    } else {
      Write write(database_);
      for (const NewEntry& entry : entries) {
        last = appender_.append(entry);
      }
      write.commit();
    }
    wakeup_.ring_others();
    return last;
  });
}

[[gnu::hot]] void SqliteLog::read_after(EntryId after, const ReadLimits& limits, Page& page) {
  database_.call("read", [&] {
    const std::size_t most = std::max<std::size_t>(limits.entries, 1);
    page.anchor.reset();
    page.more = false;
    std::size_t count = 0;
    {
      Row row = read_after_.run(after.value);
      for (std::size_t bytes = 0; count < most && row.step();) {
        if (count == 0 && id_of(row) == after) {
          if (after != EntryId{}) {
            page.anchor = fingerprint_of_row(row);
          }
          continue;
        }
        const std::string_view json = row.bytes(kJsonInstruction);
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
    }
    page.more = page.more || count == most;
    page.entries.resize(count);
    // A stat() with each of many that follow each other would delay them.
    if (count == 0 || database_.was_in_place_long_ago()) {
      database_.require_in_place();
    }
  });
}

std::vector<Entry> SqliteLog::read_before(EntryId before, std::size_t count) {
  return database_.call("read", [&] {
    std::vector<Entry> entries;
    Row row = read_before_.run(before.value);
    while (entries.size() < count && row.step()) {
      entries.push_back(entry_of(row));
    }
    return entries;
  });
}

std::int64_t SqliteLog::backlog(EntryId after, std::int64_t limit, std::string_view except) {
  return database_.call("read", [&] {
    Row row = backlog_.run(after.value);
    std::int64_t sum = 0;
    for (std::int64_t looked_at = 0; looked_at <= limit && sum <= limit; ++looked_at) {
      if (!row.step()) {
        break;
      }
      if (is_of(row.bytes(kOriginated), except)) {
        continue;
      }
      const std::int64_t written = row.integer(kInstructionCount);
      const std::int64_t count = written < 0 ? 1 : written;
      sum += std::min(count, std::numeric_limits<std::int64_t>::max() - sum);
    }
    return sum;
  });
}

std::optional<Entry> SqliteLog::find(EntryId id) {
  return database_.call("read", [&]() -> std::optional<Entry> {
    Row row = find_.run(id.value);
    return row.step() ? std::optional(entry_of(row)) : std::nullopt;
  });
}

Cursor SqliteLog::newest() {
  return database_.call("read", [&]() -> Cursor {
    Row row = newest_.run();
    return row.step() ? Cursor{id_of(row), fingerprint_of_row(row)} : Cursor{};
  });
}

std::optional<LogBounds> SqliteLog::bounds() {
  return database_.call("read", [&]() -> std::optional<LogBounds> {
    Row row = bounds_.run();
    row.step();
    return row.is_null(0) ? std::nullopt
                          : std::optional(LogBounds{{row.integer(0)}, {row.integer(1)}});
  });
}

}  // namespace crier::sqlite
