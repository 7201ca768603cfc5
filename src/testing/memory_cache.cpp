// SPDX-License-Identifier: MIT
#include "testing/memory_cache.hpp"

#include <algorithm>

namespace crier::testing {

std::optional<std::string> MemoryCache::get(std::string_view key, Time now) {
  const auto found = rows_.find(key);
  if (found == rows_.end() || !found->second.seen(now)) {
    return std::nullopt;
  }
  CacheTimes& times = found->second.times;
  if (times.wants_renewal(now.count())) {
    times.expires = times.renewed(now.count());
  }
  return found->second.value;
}

SharedStamp MemoryCache::stamp_of(std::string_view key, Time now) const {
  const auto found = rows_.find(key);
  return {found == rows_.end() ? 0 : found->second.stamp, cleared_, now.count()};
}

void MemoryCache::set(std::string_view key, std::string_view value, const SharedExpiry& expiry,
                      Time now) {
  const CacheTimes times = CacheTimes::at_set("set", expiry, now.count());
  rows_[std::string(key)] = {std::string(value), times, ++stamps_};
}

bool MemoryCache::add(std::string_view key, std::string_view value, const SharedStamp& miss,
                      const SharedExpiry& expiry, Time now) {
  static_cast<void>(CacheTimes::at_set("add", expiry, now.count()));
  const auto found = rows_.find(key);
  if (!same(stamp_of(key, now), miss) || (found != rows_.end() && found->second.seen(now))) {
    return false;
  }
  set(key, value, expiry, now);
  return true;
}

void MemoryCache::remove(std::string_view key, Time now) {
  rows_[std::string(key)] = {std::nullopt, {now.count(), {}, {}}, ++stamps_};
}

bool MemoryCache::remove_value(std::string_view key, std::string_view value, Time now) {
  const auto found = rows_.find(key);
  if (found == rows_.end() || found->second.value != value) {
    return false;
  }
  remove(key, now);
  return true;
}

CacheCleaned MemoryCache::forget_gone(std::size_t max_rows, Time now) {
  CacheCleaned cleaned;
  const std::int64_t before = (now - SharedCache::kRemembers).count();
  for (auto row = rows_.begin(); row != rows_.end();) {
    if (!row->second.times.gone(before)) {
      ++row;
    } else if (cleaned.rows == max_rows) {
      cleaned.more = true;
      break;
    } else {
      row = rows_.erase(row);
      ++cleaned.rows;
    }
  }
  return cleaned;
}

std::optional<std::string> MemoryCache::peek(std::string_view key, Time now) const {
  const auto found = rows_.find(key);
  return found != rows_.end() && found->second.seen(now) ? found->second.value : std::nullopt;
}

std::vector<std::string> MemoryCache::keys(std::string_view prefix, std::string_view after,
                                           std::size_t limit, Time now) const {
  std::vector<std::string> found;
  for (auto row = rows_.upper_bound(after); row != rows_.end() && found.size() < limit; ++row) {
    if (row->first.starts_with(prefix) && row->second.seen(now)) {
      found.push_back(row->first);
    }
  }
  return found;
}

CacheCleaned MemoryCache::clear(std::string_view prefix, std::size_t max_rows, Time now) {
  cleared_ = ++stamps_;
  CacheCleaned cleaned;
  auto row = rows_.lower_bound(prefix);
  while (row != rows_.end() && row->first.starts_with(prefix) && cleaned.rows < max_rows) {
    cleaned.entries += row->second.seen(now) ? 1U : 0U;
    row = rows_.erase(row);
    ++cleaned.rows;
  }
  cleaned.more = row != rows_.end() && row->first.starts_with(prefix);
  return cleaned;
}

CacheStats MemoryCache::stats(Time now) const {
  CacheStats stats;
  for (const auto& [key, row] : rows_) {
    if (!row.seen(now)) {
      ++stats.gone;
      continue;
    }
    const auto bytes = static_cast<std::int64_t>(row.value->size());
    ++stats.entries;
    stats.bytes += bytes;
    stats.largest = std::max(stats.largest, bytes);
    stats.sliding += row.times.sliding ? 1 : 0;
    stats.without_end += row.times.expires ? 0 : 1;
  }
  return stats;
}

}  // namespace crier::testing
