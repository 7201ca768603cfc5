// SPDX-License-Identifier: MIT
#include "store/postgres/postgres_log.hpp"

#include <crier/error.hpp>

#include "base/fingerprint.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace crier::postgres {
namespace {

using Row = Statement::Run;

// Publishers wait meanwhile: a tenth of a second or so.
constexpr std::int64_t kSettledAtOnce = 5000;

// The columns of every SELECT of entries.
constexpr int kId = 0, kUtcStamp = 1, kOriginated = 2, kInstructionCount = 3, kJsonInstruction = 4;
// Of a read after an id besides.
constexpr int kRows = 5;

EntryId id_of(const Row& row) { return {row.number(kId)}; }

Fingerprint fingerprint_of_row(const Row& row) {
  return fingerprint_of(row.view(kUtcStamp), row.view(kOriginated), row.number(kInstructionCount));
}

// Into an entry whose memory is used again.
void read_entry(const Row& row, Entry& entry) {
  entry.id = id_of(row);
  entry.utc_stamp = row.view(kUtcStamp);
  entry.originated = row.view(kOriginated);
  entry.instruction_count = row.number(kInstructionCount);
  entry.json_instruction = row.view(kJsonInstruction);
}

Entry entry_of(const Row& row) {
  Entry entry;
  read_entry(row, entry);
  return entry;
}

// A LIMIT, with `more` on top.
std::int64_t bounded(std::uint64_t count, std::int64_t more = 0) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(count, static_cast<std::uint64_t>(kMost - more))) +
         more;
}

}  // namespace

EntryId PostgresLog::append(std::span<const NewEntry> entries) {
  if (entries.empty()) {
    throw Error("append", "there is nothing to append", Error::Kind::invalid_argument);
  }
  const EntryId last = database_.call("append", [&] { return appender_.append(entries); });
  // What comes after the commit does not make it fail.
  if (bell_.ring_through_caller()) {
    database_.notify(bell_.note(), [this] { bell_.owe(); });
  }
  return last;
}

bool PostgresLog::settle() {
  const auto settle_some = [&] {
    return database_.call("settle", [&] {
      auto row = settle_.run(kSettledAtOnce);
      row.step();
      return row.number(0);
    });
  };
  const std::int64_t first = settle_some();
  for (std::int64_t last = first; last == kSettledAtOnce;) {
    last = settle_some();
  }
  return first != 0;
}

std::optional<EntryId> PostgresLog::find_last(EntryId after, std::string_view originated) {
  return database_.call("read", [&]() -> std::optional<EntryId> {
    auto row = find_last_.run(after.value, std::string(originated));
    if (!row.step()) {
      return std::nullopt;
    }
    return id_of(row);
  });
}

void PostgresLog::read_after(EntryId after, const ReadLimits& limits, Page& page) {
  database_.call("read", [&] {
    if (const auto change = database_.take_change()) {
      throw Failure(Failure::Cause::replaced, *change);
    }
    const std::size_t most = std::max<std::size_t>(limits.entries, 1);
    page.anchor.reset();
    page.more = false;
    std::size_t count = 0;
    std::int64_t left = 0;  // rows that the limit of bytes kept back, once all others were read
    auto rows = read_after_.run(after.value, bounded(most, 1), bounded(limits.bytes));
    for (std::int64_t row = 1; count < most && rows.step(); ++row) {
      left = rows.number(kRows) - row;
      if (id_of(rows) != after) {
        if (count == page.entries.size()) {
          page.entries.emplace_back();
        }
        read_entry(rows, page.entries[count++]);
      } else if (after != EntryId{}) {
        page.anchor = fingerprint_of_row(rows);
      }
    }
    page.more = count == most || left > 0;
    page.entries.resize(count);
  });
}

std::vector<Entry> PostgresLog::read_before(EntryId before, std::size_t count) {
  return database_.call("read", [&] {
    std::vector<Entry> entries;
    auto rows = read_before_.run(before.value, bounded(count));
    while (rows.step()) {
      entries.push_back(entry_of(rows));
    }
    return entries;
  });
}

std::int64_t PostgresLog::backlog(EntryId after, std::int64_t limit, std::string_view except) {
  return database_.call("read", [&] {
    const std::int64_t rows =
        bounded(static_cast<std::uint64_t>(std::max<std::int64_t>(limit, 0)), 1);
    auto row = backlog_.run(after.value, rows, limit, std::string(except));
    row.step();
    return row.number(0);
  });
}

std::optional<Entry> PostgresLog::find(EntryId id) {
  return database_.call("read", [&]() -> std::optional<Entry> {
    auto row = find_.run(id.value);
    if (!row.step()) {
      return std::nullopt;
    }
    return entry_of(row);
  });
}

Cursor PostgresLog::newest() {
  return database_.call("read", [&]() -> Cursor {
    auto row = newest_.run();
    if (!row.step()) {
      return {};
    }
    return {id_of(row), fingerprint_of_row(row)};
  });
}

std::optional<LogBounds> PostgresLog::bounds() {
  return database_.call("read", [&]() -> std::optional<LogBounds> {
    auto row = bounds_.run();
    row.step();
    if (row.is_null(0)) {
      return std::nullopt;
    }
    return LogBounds{{row.number(0)}, {row.number(1)}};
  });
}

}  // namespace crier::postgres
