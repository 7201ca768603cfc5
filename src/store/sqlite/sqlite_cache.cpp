// SPDX-License-Identifier: MIT
#include "store/sqlite/sqlite_cache.hpp"

#include "store/sqlite/write.hpp"

#include <SQLiteCpp/Column.h>
#include <sqlite3.h>

#include <algorithm>

namespace crier::sqlite {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// For so long publishers wait at the most, and for one row, however large it is.
constexpr milliseconds kBudget{20};

// A reader has its value, and waits no longer than this to say that it was used.
constexpr milliseconds kRenewalDeadline{100};

// Between two looks whether the file is still the one at its path.
constexpr milliseconds kLookAround{50};

std::optional<std::int64_t> maybe(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional(column.getInt64());
}

void bind(SQLite::Statement& statement, int index, const std::optional<std::int64_t>& value) {
  if (value) {
    statement.bind(index, *value);
  } else {
    statement.bind(index);
  }
}

// REQUIRES: `value` lives as long as the run.
void bind_bytes(Statement::Run& row, int index, std::string_view value) {
  // Null would be NULL, and no bytes at all.
  row->bindNoCopy(index, value.empty() ? "" : static_cast<const void*>(value.data()),
                  static_cast<int>(value.size()));
}

std::string bytes_of(const SQLite::Column& column) {
  const auto* const bytes = static_cast<const char*>(column.getBlob());
  return {bytes == nullptr ? "" : bytes, static_cast<std::size_t>(column.getBytes())};
}

// Errors that say no more than that nothing could be written now.
bool is_only_about_writing(const SQLite::Exception& error) {
  const int code = error.getErrorCode() & 0xff;
  return code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_INTERRUPT ||
         code == SQLITE_FULL || error.getErrorCode() == SQLITE_READONLY;
}

}  // namespace

std::optional<std::string> SqliteCache::get(std::string_view key) {
  return database_.call("get", [&]() -> std::optional<std::string> {
    const std::string name(key);
    std::string value;
    const std::optional<Seen> seen = read(name, &value);
    if (!seen) {
      return std::nullopt;
    }
    renew_if_due(name, *seen);
    return value;
  });
}

SharedLookup SqliteCache::lookup(std::string_view key) {
  SharedLookup found{get(key), {}};
  if (!found.value) {
    // What was set since the look is not read: an add() will be refused.
    found.stamp = database_.call("get", [&] { return stamp_of(std::string(key)); });
  }
  return found;
}

void SqliteCache::refresh(std::string_view key) {
  database_.call("refresh", [&] {
    const std::string name(key);
    if (const std::optional<Seen> seen = read(name, nullptr)) {
      renew_if_due(name, *seen);
    }
  });
}

void SqliteCache::set(std::string_view key, std::string_view value, const SharedExpiry& expiry) {
  database_.call("set", [&] {
    Write write(database_);
    this->write(std::string(key), value, CacheTimes::at_set("set", expiry, now()));
    write.commit();
  });
}

bool SqliteCache::add(std::string_view key, std::string_view value, const SharedStamp& miss,
                      const SharedExpiry& expiry) {
  return database_.call("add", [&] {
    const std::string name(key);
    Write write(database_);
    const SharedStamp stamp = stamp_of(name);
    const CacheTimes times = CacheTimes::at_set("add", expiry, stamp.seen_ms);
    if (!same(stamp, miss) || read(name, nullptr)) {
      return false;
    }
    this->write(name, value, times);
    write.commit();
    return true;
  });
}

void SqliteCache::remove(std::string_view key) {
  database_.call("remove", [&] {
    Write write(database_);
    uncache_.change(std::string(key));
    write.commit();
  });
}

bool SqliteCache::remove_value(std::string_view key, std::string_view value) {
  return database_.call("remove", [&] {
    Write write(database_);
    bool removed = false;
    {
      Statement::Run row = uncache_value_.run(std::string(key));
      bind_bytes(row, 2, value);
      removed = row->exec() == 1;
    }
    write.commit();
    return removed;
  });
}

CacheCleaned SqliteCache::forget_gone(std::size_t max_rows, const Fence& fence) {
  return database_.call("forget", [&] {
    try {
      // Asked far more often than there is something: that takes no lock.
      if (!gone_.run(SharedCache::kRemembers.count())->executeStep()) {
        return CacheCleaned();
      }
    } catch (const SQLite::Exception& error) {
      if (!is_missing_cache_table(error)) {
        throw;
      }
      return CacheCleaned();  // migrated by an earlier crier
    }
    Write write(database_);
    if (!fence_.holds(fence)) {
      return CacheCleaned();
    }
    const CacheCleaned cleaned = drop(max_rows, gone_, SharedCache::kRemembers.count());
    write.commit();
    return cleaned;
  });
}

CacheCleaned SqliteCache::clear(std::size_t max_rows) {
  return database_.call("clear", [&] {
    Write write(database_);
    cleared_.change();
    const CacheCleaned cleaned = drop(max_rows, any_);
    write.commit();
    return cleaned;
  });
}

CacheStats SqliteCache::stats() {
  return database_.call("read", [&] {
    database_.require_in_place();
    Statement::Run row = stats_.run();
    row->executeStep();
    return sql::cache_stats_of(row);
  });
}

std::optional<SqliteCache::Seen> SqliteCache::read(const std::string& key, std::string* value) {
  look_around();
  Statement::Run row = cached_.run(key);
  if (!row->executeStep() || row->getColumn(5).getInt() != 0) {
    return std::nullopt;
  }
  const Seen seen{row->getColumn(0).getInt64(),
                  row->getColumn(1).getInt64(),
                  {maybe(row->getColumn(2)), maybe(row->getColumn(3)), maybe(row->getColumn(4))}};
  if (seen.times.gone(seen.now)) {
    return std::nullopt;
  }
  if (value != nullptr) {
    *value = bytes_of(row->getColumn(6));
  }
  return seen;
}

void SqliteCache::renew_if_due(const std::string& key, const Seen& seen) {
  if (!seen.times.wants_renewal(seen.now)) {
    return;
  }
  try {
    database_.hurry(kRenewalDeadline);
    Write write(database_);
    renew_.change(key, seen.stamp, seen.times.renewed(seen.now));
    write.commit();
  } catch (const SQLite::Exception& error) {
    if (!is_only_about_writing(error)) {
      throw;
    }
  }
}

std::int64_t SqliteCache::now() {
  Statement::Run row = now_.run();
  row->executeStep();
  return row->getColumn(0).getInt64();
}

SharedStamp SqliteCache::stamp_of(const std::string& key) {
  Statement::Run row = stamps_.run(key);
  row->executeStep();
  return {row->getColumn(1).getInt64(), row->getColumn(2).getInt64(), row->getColumn(0).getInt64()};
}

void SqliteCache::write(const std::string& key, std::string_view value, const CacheTimes& times) {
  Statement::Run row = cache_.run(key);
  bind(*row, 2, times.expires);
  bind(*row, 3, times.sliding);
  bind(*row, 4, times.absolute);
  bind_bytes(row, 5, value);
  row->exec();
}

template <class... Values>
CacheCleaned SqliteCache::drop(std::size_t max_rows, Statement& next, const Values&... values) {
  const Clock::time_point end = Clock::now() + kBudget;
  CacheCleaned cleaned;
  do {
    std::int64_t id = 0;
    {
      Statement::Run row = next.run(values...);
      if (!row->executeStep()) {
        return cleaned;
      }
      id = row->getColumn(0).getInt64();
      cleaned.entries += row->getColumnCount() > 1 && row->getColumn(1).getInt() != 0 ? 1U : 0U;
    }
    drop_.change(id);
    ++cleaned.rows;
  } while (cleaned.rows < max_rows && Clock::now() < end);
  cleaned.more = true;
  return cleaned;
}

void SqliteCache::look_around() {
  const Clock::time_point now = Clock::now();
  if (now - looked_around_ >= kLookAround) {
    database_.require_in_place();
    looked_around_ = now;
  }
}

}  // namespace crier::sqlite
