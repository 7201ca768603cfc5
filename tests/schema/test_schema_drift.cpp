// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "support/files.hpp"
#include "support/temp_dir.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace crier::test {
namespace {

// Without comments, and with one space for all white space; what stands in quotes is kept.
std::string plain(std::string_view sql) {
  std::string text;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (c == '\'' || c == '"') {
      const std::size_t end = sql.find(c, i + 1);
      text += sql.substr(i, end - i + 1);
      i = end;
    } else if (sql.substr(i).starts_with("--")) {
      i = std::min(sql.find('\n', i), sql.size() - 1);
    } else if (c != ' ' && c != '\n') {
      text += c;
    }
    if ((sql[i] == ' ' || sql[i] == '\n') && !text.ends_with(' ')) {
      text += ' ';
    }
  }
  return text;
}

std::string schema_of(SQLite::Database& database) {
  SQLite::Statement rows(database,
                         "SELECT type, name, tbl_name, ifnull(sql, '') FROM sqlite_master "
                         "ORDER BY type, name");
  std::string schema;
  while (rows.executeStep()) {
    for (int column = 0; column < 3; ++column) {
      schema += rows.getColumn(column).getString() + " ";
    }
    schema += plain(rows.getColumn(3).getString()) + "\n";
  }
  return schema;
}

TEST_CASE("the migrations make exactly what schema/sqlite.sql shows") {
  const TempDir dir;
  const std::string path = dir / "migrated.db";
  open_store(path)->connect(Access::create)->schema().migrate();
  SQLite::Database migrated(path, SQLite::OPEN_READONLY);

  SQLite::Database shown(":memory:", SQLite::OPEN_READWRITE);
  std::ifstream file(source_file("schema/sqlite.sql"));
  shown.exec(std::string(std::istreambuf_iterator(file), {}));

  CHECK(schema_of(migrated) == schema_of(shown));
  CHECK(schema_of(migrated).find("table crierCacheInstruction ") != std::string::npos);
}

TEST_CASE("two schemas that differ in more than comments and white space are told apart") {
  CHECK(plain("a (\n  -- it's a b\n  b  TEXT,\n c)") == plain("a ( b TEXT, c)"));
  CHECK(plain("a ( b TEXT)") != plain("a ( b TEXT )"));
  CHECK(plain("a 'x  --y'") != plain("a 'x --y'"));
  CHECK(plain("a INT") != plain("a INTEGER"));
}

}  // namespace
}  // namespace crier::test
