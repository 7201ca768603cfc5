// SPDX-License-Identifier: MIT
#pragma once

#include "support/temp_dir.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace crier::test {

/// An empty database of its own for one test, which any program can reach by its URL.
class TestDatabase {
 public:
  virtual ~TestDatabase() = default;
  /// `deadline` as a URL has it: "20s".
  [[nodiscard]] virtual std::string url(const std::string& deadline) const = 0;
  /// Whether its SQL is PostgreSQL's.
  [[nodiscard]] virtual bool is_postgres() const { return false; }
  /// Statements as another program would run them.
  virtual void execute(const std::string& sql) const = 0;
  /// The first column of every row.
  [[nodiscard]] virtual std::vector<std::string> values(const std::string& sql) const = 0;
};

/// What is in a file goes into the folder.
using TestDatabaseMaker = std::function<std::unique_ptr<TestDatabase>(const TempDir&)>;

[[nodiscard]] std::unique_ptr<TestDatabase> make_sqlite_database(const TempDir& dir);

/// One of each store's, as doctest's subcases: the test runs once for each. PostgreSQL is left out,
/// which the program says once, where there is no server.
[[nodiscard]] TestDatabaseMaker each_store();

}  // namespace crier::test
