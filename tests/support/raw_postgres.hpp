// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

struct pg_conn;

namespace crier::test {

/// A connection to the throwaway server that is not crier's. Throws std::runtime_error.
class RawPostgres {
 public:
  /// libpq's keyword form.
  explicit RawPostgres(const std::string& conninfo);

  void exec(const std::string& sql);
  /// The first column of the first row; empty where there is none.
  [[nodiscard]] std::string value(const std::string& sql);
  /// The first column of every row.
  [[nodiscard]] std::vector<std::string> values(const std::string& sql);
  [[nodiscard]] pg_conn* handle() const { return connection_.get(); }

 private:
  std::unique_ptr<pg_conn, void (*)(pg_conn*)> connection_;
};

/// The folder of the server that script/with-postgres has started for these tests; empty: there is
/// none, which the program says once.
[[nodiscard]] const std::string& postgres_folder();

/// A schema of its own for one test on that server, dropped afterwards.
class PostgresSpace {
 public:
  PostgresSpace();
  /// With a name that begins or ends with another one's, or has capitals.
  explicit PostgresSpace(std::string schema);
  ~PostgresSpace();
  PostgresSpace(const PostgresSpace&) = delete;
  PostgresSpace& operator=(const PostgresSpace&) = delete;

  [[nodiscard]] const std::string& schema() const { return schema_; }
  /// With `more` at its end, as in "&deadline=60ms". Its own deadline bears a busy machine.
  [[nodiscard]] std::string url(const std::string& more = {}) const;
  /// For RawPostgres, with this schema on the search_path.
  [[nodiscard]] std::string conninfo() const;
  void execute(const std::string& sql) const { RawPostgres(conninfo()).exec(sql); }

 private:
  const std::string schema_;
};

}  // namespace crier::test
