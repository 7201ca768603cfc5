// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cache_table.hpp>

#include "base/cache_times.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::testing {

/// The shared cache as plain rows. Not thread-safe.
class MemoryCache {
 public:
  using Time = std::chrono::milliseconds;  // since 1970

  std::optional<std::string> get(std::string_view key, Time now);
  [[nodiscard]] std::optional<std::string> peek(std::string_view key, Time now) const;
  [[nodiscard]] SharedStamp stamp_of(std::string_view key, Time now) const;
  void set(std::string_view key, std::string_view value, const SharedExpiry& expiry, Time now);
  bool add(std::string_view key, std::string_view value, const SharedStamp& miss,
           const SharedExpiry& expiry, Time now);
  void remove(std::string_view key, Time now);
  bool remove_value(std::string_view key, std::string_view value, Time now);
  /// The caller has checked that it leads.
  CacheCleaned forget_gone(std::size_t max_rows, Time now);
  [[nodiscard]] std::vector<std::string> keys(std::string_view prefix, std::string_view after,
                                              std::size_t limit, Time now) const;
  CacheCleaned clear(std::string_view prefix, std::size_t max_rows, Time now);
  [[nodiscard]] CacheStats stats(Time now) const;

 private:
  struct Row {
    std::optional<std::string> value;  // nothing: removed
    CacheTimes times;
    std::int64_t stamp = 0;

    [[nodiscard]] bool seen(Time now) const { return value && !times.gone(now.count()); }
  };

  std::map<std::string, Row, std::less<>> rows_;
  std::int64_t stamps_ = 0;   // given so far
  std::int64_t cleared_ = 0;  // the stamp of the last clear()
};

}  // namespace crier::testing
