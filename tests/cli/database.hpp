// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "cli/tool.hpp"
#include "support/temp_dir.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace crier::test {

inline const std::string kProducts = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
inline const std::string kOrders = "11111111-2222-3333-4444-555555555555";
inline const std::string kOrigin = "web-1/shop [P42/D1] 0123456789ABCDEF0123456789ABCDEF";

/// Statements as any other program would run them.
void run_sql(const std::string& path, const std::string& sql);
/// The first column of the first row, as text.
[[nodiscard]] std::string query(const std::string& path, const std::string& sql);

/// The JSON of one instruction for a refresher: `all`, `ids`, ...
[[nodiscard]] std::string all_of(const std::string& refresher);
[[nodiscard]] std::string ids_of(const std::string& refresher, const std::string& ids);

/// A database of its own, with verbs for its rows.
class Database {
 public:
  /// Migrated.
  Database();
  /// With an instruction table as Umbraco made it, and nothing of crier's.
  [[nodiscard]] static Database of_umbraco() { return Database("umbracoCacheInstruction"); }

  [[nodiscard]] const TempDir& folder() const { return folder_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& url() const { return url_; }

  /// Runs the tool on this database.
  Outcome run(const Args& args, const std::string& input = {}) const {
    return run_tool(args, input, url_);
  }
  /// Puts a row as another writer would, with the stamp 2026-11-21 10:00:<id % 60>.
  void put(std::int64_t id, const std::string& json, const std::string& originated = kOrigin,
           std::int64_t count = 1) const;
  void drop(std::int64_t id) const;
  /// How many rows the log has.
  [[nodiscard]] std::string rows() const;
  /// The text of the whole schema.
  [[nodiscard]] std::string schema() const;

 private:
  explicit Database(std::string umbraco_table);

  TempDir folder_;
  std::string table_ = "crierCacheInstruction";
  std::string path_ = folder_ / "shop.db";
  std::string url_ = path_;
};

}  // namespace crier::test
