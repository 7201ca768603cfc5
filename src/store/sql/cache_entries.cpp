// SPDX-License-Identifier: MIT
#include "store/sql/cache_entries.hpp"

#include "store/sql/transaction.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace crier::sql {
namespace {

using Clock = std::chrono::steady_clock;

// For so long others wait at the most, and for one delete.
constexpr std::chrono::milliseconds kBudget{20};

// A set or a removal has its time when it begins, and can be seen only when it is committed. So
// much longer the row is kept for a fill whose lookup was in between.
constexpr std::chrono::milliseconds kRemembers = SharedCache::kRemembers + std::chrono::seconds(10);

std::optional<std::int64_t> maybe(const Rows& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

}  // namespace

std::optional<std::string> CacheEntries::get(std::string_view key) { return lookup(key).value; }

SharedLookup CacheEntries::lookup(std::string_view key) {
  return session_.call("get", [&] {
    Found found = use(key, true);
    return found.seen ? SharedLookup{std::move(found.value), {}}
                      : SharedLookup{std::nullopt, found.stamp};
  });
}

void CacheEntries::refresh(std::string_view key) {
  session_.call("refresh", [&] { use(key, false); });
}

void CacheEntries::set(std::string_view key, std::string_view value, const SharedExpiry& expiry) {
  session_.call("set", [&] {
    Transaction write(session_, Begin::cache_set);
    std::int64_t now = 0;
    if (Rows row = now_.run(); row.step()) {
      now = row.integer(0);
    }
    const CacheTimes times = CacheTimes::at_set("set", expiry, now);
    set_.change(
        {Value::key(key), times.expires, times.sliding, times.absolute, Value::bytes(value)});
    write.commit();
  });
}

bool CacheEntries::add(std::string_view key, std::string_view value, const SharedStamp& miss,
                       const SharedExpiry& expiry) {
  return session_.call("add", [&] {
    Transaction fill(session_, Begin::cache_fill);
    const Found found = find(key, false);
    const CacheTimes times = CacheTimes::at_set("add", expiry, found.stamp.seen_ms);
    if (found.seen || !same(found.stamp, miss) ||
        fill_.change({Value::key(key), times.expires, times.sliding, times.absolute,
                      Value::bytes(value), miss.key}) != 1) {
      return false;
    }
    fill.commit();
    return true;
  });
}

void CacheEntries::remove(std::string_view key) {
  session_.call("remove", [&] { remove_.change({Value::key(key)}); });
}

bool CacheEntries::remove_value(std::string_view key, std::string_view value) {
  return session_.call("remove", [&] {
    return remove_value_.change({Value::key(key), Value::bytes(value)}) == 1;
  });
}

CacheCleaned CacheEntries::forget_gone(std::size_t max_rows, const Fence& fence) {
  return session_.call("forget", [&] {
    try {
      // Asked far more often than there is something: that takes no lock.
      Rows row = has_gone_.run({kRemembers.count()});
      if (!row.step() || !row.flag(0)) {
        return CacheCleaned();
      }
    } catch (const std::exception& error) {
      if (!session_.is_missing_table(error)) {
        throw;
      }
      return CacheCleaned();  // migrated by an earlier crier
    }
    Transaction write(session_, Begin::write);
    if (!fence_.holds(fence)) {
      return CacheCleaned();
    }
    session_.keep_fills_out();
    const CacheCleaned cleaned = drop(max_rows, drop_gone_, kRemembers.count());
    write.commit();
    return cleaned;
  });
}

CacheCleaned CacheEntries::clear(std::size_t max_rows) {
  return session_.call("clear", [&] {
    Transaction write(session_, Begin::cache_clearing);
    session_.keep_fills_out();
    cleared_.change();
    const CacheCleaned cleaned = drop(max_rows, drop_any_);
    write.commit();
    return cleaned;
  });
}

CacheStats CacheEntries::stats() {
  return session_.call("read", [&]() -> CacheStats {
    session_.require_in_place();
    Rows row = stats_.run();
    row.step();
    return {row.integer(0), row.integer(1), row.integer(2),
            row.integer(3), row.integer(4), row.integer(5)};
  });
}

CacheEntries::Found CacheEntries::find(std::string_view key, bool with_value) {
  session_.require_in_place_now_and_then();
  Rows row = find_.run({Value::key(key), with_value});
  row.step();
  Found found{{row.integer(1), row.integer(5), row.integer(0)}, row.is_null(5), {}, {}};
  if (found.seen) {
    found.times = {maybe(row, 2), maybe(row, 3), maybe(row, 4)};
    found.value = with_value ? row.bytes(6) : std::string();
  }
  return found;
}

CacheEntries::Found CacheEntries::use(std::string_view key, bool with_value) {
  Found found = find(key, with_value);
  if (found.seen && found.times.wants_renewal(found.stamp.seen_ms)) {
    renew(key, found);
  }
  return found;
}

// A reader has its value, and waits for nothing to say that it was used.
void CacheEntries::renew(std::string_view key, const Found& found) {
  try {
    Transaction write(session_, Begin::cache_renewal);
    renew_.change({Value::key(key), found.stamp.key, found.times.renewed(found.stamp.seen_ms)});
    write.commit();
  } catch (const std::exception& error) {
    if (!session_.is_only_about_writing(error)) {
      throw;
    }
  }
}

CacheCleaned CacheEntries::drop(std::size_t max_rows, Statement& statement, std::int64_t age) {
  const Clock::time_point end = Clock::now() + kBudget;
  const std::size_t chunk = session_.rows_per_delete().cache;
  CacheCleaned cleaned;
  do {
    const std::size_t most = std::min(max_rows - cleaned.rows, chunk);
    std::size_t rows = 0;
    for (Rows row = statement.run({most, age}); row.step(); ++rows) {
      cleaned.entries += row.flag(0) ? 1U : 0U;
    }
    cleaned.rows += rows;
    if (rows < most) {
      return cleaned;
    }
  } while (cleaned.rows < max_rows && Clock::now() < end);
  cleaned.more = true;
  return cleaned;
}

}  // namespace crier::sql
