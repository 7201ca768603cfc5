// SPDX-License-Identifier: MIT
#include "store/sqlite/statements.hpp"

#include "base/quoting.hpp"

namespace crier::sqlite {

std::string statement_text(std::string_view name, const sql::StoreConfig& config) {
  const std::string& text = statements().text(name);
  return config.foreign_log ? sql::with_word(text, sql::StoreConfig().log, sql_name(config.log))
                            : text;
}

}  // namespace crier::sqlite
