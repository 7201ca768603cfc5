// SPDX-License-Identifier: MIT
#include "store/sqlite/statements.hpp"

#include "base/quoting.hpp"
#include "store/sqlite/migrations.hpp"

namespace crier::sqlite {

std::string in_app(std::string_view sql, const sql::StoreConfig& config) {
  return config.app.empty() ? std::string(sql) : sql::with_prefix(sql, "crier", config.app + "_");
}

std::string statement_text(std::string_view name, const sql::StoreConfig& config) {
  const std::string text = in_app(statements().text(name), config);
  return config.foreign_log
             ? sql::with_word(text, in_app(sql::StoreConfig().log, config), sql_name(config.log))
             : text;
}

std::vector<Migration> migrations(const sql::StoreConfig& config) {
  std::vector<Migration> all = migrations();
  for (Migration& migration : all) {
    migration.sql = in_app(migration.sql, config);
  }
  return all;
}

}  // namespace crier::sqlite
