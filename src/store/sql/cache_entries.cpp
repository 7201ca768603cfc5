// SPDX-License-Identifier: MIT
#include "store/sql/cache_entries.hpp"

#include "store/sql/key_range.hpp"
#include "store/sql/transaction.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <unordered_map>
#include <utility>

namespace crier::sql {
namespace {

using Clock = std::chrono::steady_clock;

// For so long others wait at the most, and for one delete.
constexpr std::chrono::milliseconds kBudget{20};

// A set or a removal has its time when it begins, and can be seen only when it is committed. So
// much longer the row is kept for a fill whose lookup was in between.
constexpr std::chrono::milliseconds kRemembers = SharedCache::kRemembers + std::chrono::seconds(10);

}  // namespace

std::optional<std::string> CacheEntries::get(std::string_view key) { return lookup(key).value; }

std::optional<std::string> CacheEntries::peek(std::string_view key) {
  return session_.call("get", [&] {
    Found found = find(key, true);
    return found.seen ? std::optional(std::move(found.value)) : std::nullopt;
  });
}

std::vector<std::optional<std::string>> CacheEntries::get_many(std::span<const std::string> keys) {
  return session_.call("get", [&] {
    session_.require_in_place_now_and_then();
    std::unordered_map<std::string, Found> found;
    if (const std::string list = session_.key_list(keys); !list.empty()) {
      for (Rows row = find_many_.run({Value::literal(list)}); row.step();) {
        found.emplace(row.bytes(7), found_in(row, true));
      }
    } else {
      for (const std::string& key : keys) {
        if (Found one = find(key, true); one.seen) {
          found.emplace(key, std::move(one));
        }
      }
    }
    std::vector<std::optional<std::string>> values;
    for (const std::string& key : keys) {
      const auto one = found.find(key);
      values.push_back(one == found.end() ? std::nullopt : std::optional(one->second.value));
    }
    std::vector<Used> due;
    for (const auto& [key, one] : found) {
      if (one.wants_renewal()) {
        due.push_back({key, &one});
      }
    }
    renew(due);
    return values;
  });
}

SharedLookup CacheEntries::lookup(std::string_view key) {
  return session_.call("get", [&] {
    Found found = find(key, true);
    use(key, found);
    return found.seen ? SharedLookup{std::move(found.value), {}}
                      : SharedLookup{std::nullopt, found.stamp};
  });
}

void CacheEntries::refresh(std::string_view key) {
  session_.call("refresh", [&] { use(key, find(key, false)); });
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
    tidy();
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
    tidy();
    return true;
  });
}

void CacheEntries::remove(std::string_view key) {
  session_.call("remove", [&] {
    remove_.change({Value::key(key)});
    tidy();
  });
}

bool CacheEntries::remove_value(std::string_view key, std::string_view value) {
  return session_.call("remove", [&] {
    return remove_value_.change({Value::key(key), Value::bytes(value)}) == 1;
  });
}

CacheCleaned CacheEntries::forget_gone(std::size_t max_rows, const Fence& fence) {
  return session_.call("forget", [&] {
    try {
      if (!has_gone()) {
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
    const CacheCleaned cleaned = drop(max_rows, drop_gone_, {kRemembers.count()});
    write.commit();
    return cleaned;
  });
}

std::vector<std::string> CacheEntries::keys(std::string_view prefix, std::string_view after,
                                            std::size_t limit) {
  return session_.call("read", [&] {
    session_.require_in_place();
    const KeyRange range(prefix);
    std::vector<std::string> keys;
    for (Rows row = keys_.run({Value::key(after), range.begin(), range.end(), limit});
         row.step();) {
      keys.push_back(row.bytes(0));
    }
    return keys;
  });
}

CacheCleaned CacheEntries::clear(std::string_view prefix, std::size_t max_rows) {
  return session_.call("clear", [&] {
    const KeyRange range(prefix);
    Transaction write(session_, Begin::cache_clearing);
    session_.keep_fills_out();
    cleared_.change();
    const CacheCleaned cleaned = drop(max_rows, drop_any_, {range.begin(), range.end()});
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
  return found_in(row, with_value);
}

CacheEntries::Found CacheEntries::found_in(const Rows& row, bool with_value) {
  Found found{{row.integer(1), row.integer(5), row.integer(0)}, row.is_null(5), {}, {}};
  if (found.seen) {
    found.times = {row.number(2), row.number(3), row.number(4)};
    found.value = with_value ? row.bytes(6) : std::string();
  }
  return found;
}

void CacheEntries::use(std::string_view key, const Found& found) {
  if (found.wants_renewal()) {
    renew(std::array{Used{key, &found}});
  }
}

// A reader has its value, and waits for nothing to say that it was used.
void CacheEntries::renew(std::span<const Used> due) {
  if (due.empty()) {
    return;
  }
  try {
    Transaction write(session_, Begin::cache_renewal);
    for (const auto& [key, found] : due) {
      renew_.change(
          {Value::key(key), found->stamp.key, found->times.renewed(found->stamp.seen_ms)});
    }
    write.commit();
  } catch (const std::exception& error) {
    if (!session_.is_only_about_writing(error)) {
      throw;
    }
  }
}

// Twice as many as this session can have made since. What is in somebody's way is left to the next.
void CacheEntries::tidy() {
  constexpr unsigned kEvery = 32;
  if (++writes_ < kEvery) {
    return;
  }
  writes_ = 0;
  try {
    if (!has_gone()) {
      return;
    }
    Transaction write(session_, Begin::cache_renewal);
    session_.keep_fills_out();
    drop(2 * std::size_t{kEvery}, drop_gone_, {kRemembers.count()});
    write.commit();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the caller's write is done
  }
}

// Asked far more often than there is something: that takes no lock.
bool CacheEntries::has_gone() {
  Rows row = has_gone_.run({kRemembers.count()});
  return row.step() && row.flag(0);
}

CacheCleaned CacheEntries::drop(std::size_t max_rows, Statement& statement,
                                std::initializer_list<Value> more) {
  const Clock::time_point end = Clock::now() + kBudget;
  const std::size_t chunk = session_.rows_per_delete().cache;
  std::vector<Value> values{chunk};
  values.insert(values.end(), more);
  CacheCleaned cleaned;
  do {
    const std::size_t most = std::min(max_rows - cleaned.rows, chunk);
    values.front() = Value(most);
    std::size_t rows = 0;
    for (Rows row = statement.run(values); row.step(); ++rows) {
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
