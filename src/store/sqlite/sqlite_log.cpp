// SPDX-License-Identifier: MIT
#include "store/sqlite/sqlite_log.hpp"

#include <crier/error.hpp>

#include "base/fingerprint.hpp"
#include "store/sqlite/write.hpp"

#include <SQLiteCpp/Column.h>
#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

namespace crier::sqlite {
namespace {

// The columns of every SELECT of entries.
constexpr int kId = 0, kUtcStamp = 1, kOriginated = 2, kInstructionCount = 3, kJsonInstruction = 4;

// The bytes of any storage class, NUL and broken UTF-8 included. Valid until the next step.
std::string_view bytes_of(const SQLite::Column& column) {
  if (column.isNull()) {
    return {};
  }
  const void* const bytes = column.isBlob() ? column.getBlob() : column.getText(nullptr);
  if (bytes == nullptr && !column.isBlob()) {
    throw SQLite::Exception("out of memory", SQLITE_NOMEM);
  }
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(column.getBytes())};
}

std::string text_of(const SQLite::Column& column) { return std::string(bytes_of(column)); }

EntryId id_of(const SQLite::Statement& row) { return {row.getColumn(kId).getInt64()}; }

Fingerprint fingerprint_of_row(const SQLite::Statement& row) {
  return fingerprint_of(bytes_of(row.getColumn(kUtcStamp)), bytes_of(row.getColumn(kOriginated)),
                        row.getColumn(kInstructionCount).getInt64());
}

Entry entry_of(const SQLite::Statement& row) {
  return {id_of(row), text_of(row.getColumn(kUtcStamp)), text_of(row.getColumn(kOriginated)),
          row.getColumn(kInstructionCount).getInt64(), text_of(row.getColumn(kJsonInstruction))};
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
    Write write(database_);
    EntryId last;
    for (const NewEntry& entry : entries) {
      last = appender_.append(entry);
    }
    write.commit();
    wakeup_.ring();
    return last;
  });
}

Page SqliteLog::read_after(EntryId after, const ReadLimits& limits) {
  return database_.call("read", [&] {
    const std::size_t most = std::max<std::size_t>(limits.entries, 1);
    Page page;
    {
      Statement::Run rows = read_after_.run();
      rows->bind(1, after.value);
      std::size_t bytes = 0;
      while (page.entries.size() < most && rows->executeStep()) {
        if (id_of(*rows) == after) {
          if (after != EntryId{}) {
            page.anchor = fingerprint_of_row(*rows);
          }
          continue;
        }
        bytes += static_cast<std::size_t>(rows->getColumn(kJsonInstruction).getBytes());
        if (!page.entries.empty() && bytes > limits.bytes) {
          break;
        }
        page.entries.push_back(entry_of(*rows));
      }
    }
    database_.require_in_place();
    return page;
  });
}

std::vector<Entry> SqliteLog::read_before(EntryId before, std::size_t count) {
  return database_.call("read", [&] {
    Statement::Run rows = read_before_.run();
    rows->bind(1, before.value);
    std::vector<Entry> entries;
    while (entries.size() < count && rows->executeStep()) {
      entries.push_back(entry_of(*rows));
    }
    return entries;
  });
}

std::int64_t SqliteLog::backlog(EntryId after, std::int64_t limit, std::string_view except) {
  return database_.call("read", [&] {
    Statement::Run rows = backlog_.run();
    rows->bind(1, after.value);
    std::int64_t sum = 0;
    for (std::int64_t looked_at = 0; looked_at <= limit && sum <= limit; ++looked_at) {
      if (!rows->executeStep()) {
        break;
      }
      if (is_of(bytes_of(rows->getColumn(kOriginated)), except)) {
        continue;
      }
      const std::int64_t written = rows->getColumn(kInstructionCount).getInt64();
      const std::int64_t count = written < 0 ? 1 : written;
      sum += std::min(count, std::numeric_limits<std::int64_t>::max() - sum);
    }
    return sum;
  });
}

std::optional<Entry> SqliteLog::find(EntryId id) {
  return database_.call("read", [&]() -> std::optional<Entry> {
    Statement::Run row = find_.run();
    row->bind(1, id.value);
    if (!row->executeStep()) {
      return std::nullopt;
    }
    return entry_of(*row);
  });
}

Cursor SqliteLog::newest() {
  return database_.call("read", [&]() -> Cursor {
    Statement::Run row = newest_.run();
    if (!row->executeStep()) {
      return {};
    }
    return {id_of(*row), fingerprint_of_row(*row)};
  });
}

std::optional<LogBounds> SqliteLog::bounds() {
  return database_.call("read", [&]() -> std::optional<LogBounds> {
    Statement::Run row = bounds_.run();
    row->executeStep();
    if (row->isColumnNull(0)) {
      return std::nullopt;
    }
    return LogBounds{{row->getColumn(0).getInt64()}, {row->getColumn(1).getInt64()}};
  });
}

}  // namespace crier::sqlite
