// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cache_table.hpp>

#include "base/cache_times.hpp"
#include "store/sql/fence_check.hpp"
#include "store/sql/statement.hpp"

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier::sql {

class CacheEntries final : public SharedCacheTable {
 public:
  explicit CacheEntries(Session& session) : session_(session) {}

  std::optional<std::string> get(std::string_view key) override;
  std::optional<std::string> peek(std::string_view key) override;
  std::vector<std::optional<std::string>> get_many(std::span<const std::string> keys) override;
  SharedLookup lookup(std::string_view key) override;
  void set(std::string_view key, std::string_view value, const SharedExpiry& expiry) override;
  bool add(std::string_view key, std::string_view value, const SharedStamp& miss,
           const SharedExpiry& expiry) override;
  void refresh(std::string_view key) override;
  void remove(std::string_view key) override;
  bool remove_value(std::string_view key, std::string_view value) override;

  CacheCleaned forget_gone(std::size_t max_rows, const Fence& fence) override;
  std::vector<std::string> keys(std::string_view prefix, std::string_view after,
                                std::size_t limit) override;
  CacheCleaned clear(std::string_view prefix, std::size_t max_rows) override;
  CacheStats stats() override;

 private:
  // What is known of a key.
  struct Found {
    SharedStamp stamp;  // that of the cache only if the entry is not seen
    bool seen = false;  // there is an entry, which has the times and the value
    CacheTimes times;
    std::string value;  // if it was asked for

    [[nodiscard]] bool wants_renewal() const { return seen && times.wants_renewal(stamp.seen_ms); }
  };
  struct Used {
    std::string_view key;
    const Found* found;
  };

  Found find(std::string_view key, bool with_value);
  static Found found_in(const Rows& row, bool with_value);
  // Renews the entry if that is due.
  void use(std::string_view key, const Found& found);
  void renew(std::span<const Used> due);
  // Runs `statement`, which takes the number of rows first and then `more`, for as long as others
  // may be kept waiting.
  CacheCleaned drop(std::size_t max_rows, Statement& statement, std::initializer_list<Value> more);
  // Deletes a few rows that nobody needs any more, now and then: without a node nobody else does.
  void tidy();
  bool has_gone();

  Session& session_;
  unsigned writes_ = 0;  // since the last tidy()
  FenceCheck fence_{session_};
  Statement now_{session_, "now"};
  Statement find_{session_, "cache_find"};
  Statement find_many_{session_, "cache_find_many"};
  Statement keys_{session_, "cache_keys"};
  Statement renew_{session_, "cache_renew"};
  Statement set_{session_, "cache_set"};
  Statement fill_{session_, "cache_fill"};
  Statement remove_{session_, "cache_remove"};
  Statement remove_value_{session_, "cache_remove_value"};
  Statement cleared_{session_, "cache_cleared"};
  Statement has_gone_{session_, "cache_has_gone"};
  Statement drop_gone_{session_, "cache_drop_gone"};
  Statement drop_any_{session_, "cache_drop_any"};
  Statement stats_{session_, "cache_stats"};
};

}  // namespace crier::sql
