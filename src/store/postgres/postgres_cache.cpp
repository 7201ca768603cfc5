// SPDX-License-Identifier: MIT
#include "store/postgres/postgres_cache.hpp"

#include "store/postgres/write.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <libpq-fe.h>
#include <memory>
#include <new>

namespace crier::postgres {
namespace {

using Clock = std::chrono::steady_clock;

// For so long fills wait at the most, and for one delete.
constexpr std::chrono::milliseconds kBudget{20};
constexpr std::size_t kRowsPerDelete = 50;

// A set or a removal has its time when it begins, and can be seen only when it is committed. So
// much longer the row is kept for a fill whose lookup was in between.
constexpr std::chrono::milliseconds kRemembers = SharedCache::kRemembers + std::chrono::seconds(10);

// As bytes are written in text.
std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::string bytes_of(std::string_view text) {
  std::size_t size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> bytes(
      PQunescapeBytea(reinterpret_cast<const unsigned char*>(text.data()), &size), PQfreemem);
  if (bytes == nullptr) {
    throw std::bad_alloc();
  }
  return {reinterpret_cast<const char*>(bytes.get()), size};
}

std::optional<std::int64_t> maybe(const Statement::Run& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.number(column));
}

// See kCache.
std::string text_of(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : std::string();
}

// Errors that say no more than that nothing could be written now, or by this role.
bool is_only_about_writing(const Failure& failure) {
  constexpr std::array kCodes = {"55P03", "57014", "40P01", "40001", "25006", "42501", "53100"};
  return failure.cause == Failure::Cause::server &&
         std::find(kCodes.begin(), kCodes.end(), failure.code) != kCodes.end();
}

}  // namespace

std::optional<std::string> PostgresCache::get(std::string_view key) { return lookup(key).value; }

SharedLookup PostgresCache::lookup(std::string_view key) {
  return database_.call("get", [&] {
    Found found = use(hex(key), true);
    return found.seen ? SharedLookup{std::move(found.value), {}}
                      : SharedLookup{std::nullopt, found.stamp};
  });
}

void PostgresCache::refresh(std::string_view key) {
  database_.call("refresh", [&] { use(hex(key), false); });
}

void PostgresCache::set(std::string_view key, std::string_view value, const SharedExpiry& expiry) {
  database_.call("set", [&] {
    auto now = now_.run();
    now.step();
    write(cache_, hex(key), value, CacheTimes::at_set("set", expiry, now.number(0)));
  });
}

bool PostgresCache::add(std::string_view key, std::string_view value, const SharedStamp& miss,
                        const SharedExpiry& expiry) {
  return database_.call("add", [&] {
    const std::string name = hex(key);
    Write fill(database_, sql::kBeginFill);
    const Found found = find(name, false);
    const CacheTimes times = CacheTimes::at_set("add", expiry, found.stamp.seen_ms);
    if (found.seen || !same(found.stamp, miss) || !write(fill_, name, value, times, miss.key)) {
      return false;
    }
    fill.commit();
    return true;
  });
}

void PostgresCache::remove(std::string_view key) {
  database_.call("remove", [&] { uncache_.change(hex(key)); });
}

bool PostgresCache::remove_value(std::string_view key, std::string_view value) {
  return database_.call("remove", [&] { return uncache_value_.change(hex(key), hex(value)) == 1; });
}

CacheCleaned PostgresCache::forget_gone(std::size_t max_rows, const Fence& fence) {
  return database_.call("forget", [&] {
    try {
      // Asked far more often than there is something: that takes no lock.
      if (auto row = has_gone_.run(kRemembers.count()); !row.step() || row.number(0) == 0) {
        return CacheCleaned();
      }
    } catch (const Failure& failure) {
      if (!is_missing_table(failure)) {
        throw;
      }
      return CacheCleaned();  // migrated by an earlier crier
    }
    Write write(database_);
    if (!fence_.holds(fence)) {
      return CacheCleaned();
    }
    database_.query(std::string(sql::kLockFillsOut));
    const CacheCleaned cleaned = drop(max_rows, drop_gone_, kRemembers.count());
    write.commit();
    return cleaned;
  });
}

CacheCleaned PostgresCache::clear(std::size_t max_rows) {
  return database_.call("clear", [&] {
    Write write(database_, sql::kBegin);
    database_.query(std::string(sql::kLockFillsOut));
    cleared_.change();
    const CacheCleaned cleaned = drop(max_rows, drop_any_);
    write.commit();
    return cleaned;
  });
}

CacheStats PostgresCache::stats() {
  return database_.call("read", [&] {
    auto row = stats_.run();
    row.step();
    return sql::cache_stats_of(row);
  });
}

auto PostgresCache::find(const std::string& key, bool with_value) -> Found {
  auto row = cached_.run(key, int{with_value});
  row.step();
  Found found{{row.number(1), row.number(7), row.number(0)}, row.number(5) != 0, {}, {}};
  if (found.seen) {
    found.times = {maybe(row, 2), maybe(row, 3), maybe(row, 4)};
    found.value = bytes_of(row.view(6));
  }
  return found;
}

auto PostgresCache::use(const std::string& key, bool with_value) -> Found {
  Found found = find(key, with_value);
  if (found.seen && found.times.wants_renewal(found.stamp.seen_ms)) {
    renew(key, found);
  }
  return found;
}

void PostgresCache::renew(const std::string& key, const Found& found) {
  try {
    Write write(database_, sql::kBeginRenewal);
    renew_.change(key, found.stamp.key, found.times.renewed(found.stamp.seen_ms));
    write.commit();
  } catch (const Failure& failure) {
    if (!is_only_about_writing(failure)) {
      throw;
    }
  }
}

template <class... Values>
bool PostgresCache::write(Statement& statement, const std::string& key, std::string_view value,
                          const CacheTimes& times, const Values&... values) {
  return statement.change(key, text_of(times.expires), text_of(times.sliding),
                          text_of(times.absolute), hex(value), values...) == 1;
}

template <class... Values>
CacheCleaned PostgresCache::drop(std::size_t max_rows, Statement& statement,
                                 const Values&... values) {
  const Clock::time_point end = Clock::now() + kBudget;
  CacheCleaned cleaned;
  do {
    const std::size_t most = std::min(max_rows - cleaned.rows, kRowsPerDelete);
    auto row = statement.run(static_cast<std::int64_t>(most), values...);
    row.step();
    const auto rows = static_cast<std::size_t>(row.number(0));
    cleaned.rows += rows;
    cleaned.entries += static_cast<std::size_t>(row.number(1));
    if (rows < most) {
      return cleaned;
    }
  } while (cleaned.rows < max_rows && Clock::now() < end);
  cleaned.more = true;
  return cleaned;
}

}  // namespace crier::postgres
