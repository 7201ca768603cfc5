// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cache_table.hpp>

#include "base/cache_times.hpp"
#include "store/sql/leases.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/dialect.hpp"
#include "store/sqlite/sql_cache.hpp"
#include "store/sqlite/statement.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace crier::sqlite {

class SqliteCache final : public CacheTable {
 public:
  explicit SqliteCache(Database& database) : database_(database) {}

  std::optional<std::string> get(std::string_view key) override;
  SharedLookup lookup(std::string_view key) override;
  void set(std::string_view key, std::string_view value, const SharedExpiry& expiry) override;
  bool add(std::string_view key, std::string_view value, const SharedStamp& miss,
           const SharedExpiry& expiry) override;
  void refresh(std::string_view key) override;
  void remove(std::string_view key) override;
  bool remove_value(std::string_view key, std::string_view value) override;

  CacheCleaned forget_gone(std::size_t max_rows, const Fence& fence) override;
  CacheCleaned clear(std::size_t max_rows) override;
  CacheStats stats() override;

 private:
  // What is known of an entry that can be seen.
  struct Seen {
    std::int64_t now = 0;
    std::int64_t stamp = 0;
    CacheTimes times;
  };

  // Nothing where the entry can't be seen. `value` may be null.
  std::optional<Seen> read(const std::string& key, std::string* value);
  void renew_if_due(const std::string& key, const Seen& seen);
  [[nodiscard]] std::int64_t now();
  [[nodiscard]] SharedStamp stamp_of(const std::string& key);
  void write(const std::string& key, std::string_view value, const CacheTimes& times);
  // Deletes what `next` names, row by row, for as long as publishers may be kept waiting.
  template <class... Values>
  CacheCleaned drop(std::size_t max_rows, Statement& next, const Values&... values);
  // Throws where the database is another one by now. Now and then: it costs as much as a read.
  void look_around();

  Database& database_;
  std::chrono::steady_clock::time_point looked_around_;
  sql::SqlFence<Dialect> fence_{database_};

  Statement now_{database_, sql::kNow};
  Statement cached_{database_, sql::kCached};
  Statement stamps_{database_, sql::kCacheStamps};
  Statement renew_{database_, sql::kRenewCached};
  Statement cache_{database_, sql::kCache};
  Statement uncache_{database_, sql::kUncache};
  Statement uncache_value_{database_, sql::kUncacheValue};
  Statement cleared_{database_, sql::kCacheCleared};
  Statement gone_{database_, sql::kGoneFromCache};
  Statement any_{database_, sql::kAnyCached};
  Statement drop_{database_, sql::kDropCached};
  Statement stats_{database_, sql::kCacheStats};
};

}  // namespace crier::sqlite
