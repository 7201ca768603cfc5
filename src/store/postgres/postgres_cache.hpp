// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cache_table.hpp>

#include "base/cache_times.hpp"
#include "store/postgres/database.hpp"
#include "store/postgres/dialect.hpp"
#include "store/postgres/sql_cache.hpp"
#include "store/postgres/statement.hpp"
#include "store/sql/leases.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace crier::postgres {

class PostgresCache final : public CacheTable {
 public:
  explicit PostgresCache(Database& database) : database_(database) {}

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
  // What is known of a key.
  struct Found {
    SharedStamp stamp;
    bool seen = false;  // there is an entry, which has the times and the value
    CacheTimes times;
    std::string value;  // where it was asked for
  };

  // `key` as it stands in SQL, here and below.
  Found find(const std::string& key, bool with_value);
  // As a use of the entry, which it renews.
  Found use(const std::string& key, bool with_value);
  void renew(const std::string& key, const Found& found);
  // Runs kCache or kFillCache; whether it stored.
  template <class... Values>
  bool write(Statement& statement, const std::string& key, std::string_view value,
             const CacheTimes& times, const Values&... values);
  // Deletes by kDropGone or kDropAny for as long as fills may be kept waiting.
  template <class... Values>
  CacheCleaned drop(std::size_t max_rows, Statement& statement, const Values&... values);

  Database& database_;
  sql::SqlFence<Dialect> fence_{database_};

  Statement now_{database_, sql::kNow};
  Statement cached_{database_, sql::kCached};
  Statement renew_{database_, sql::kRenewCached};
  Statement cache_{database_, sql::kCache};
  Statement fill_{database_, sql::kFillCache};
  Statement uncache_{database_, sql::kUncache};
  Statement uncache_value_{database_, sql::kUncacheValue};
  Statement cleared_{database_, sql::kCacheCleared};
  Statement has_gone_{database_, sql::kHasGoneFromCache};
  Statement drop_gone_{database_, sql::kDropGone};
  Statement drop_any_{database_, sql::kDropAny};
  Statement stats_{database_, sql::kCacheStats};
};

}  // namespace crier::postgres
