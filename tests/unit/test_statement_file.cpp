// SPDX-License-Identifier: MIT
#include "store/sql/statement_file.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

namespace crier::test {
namespace {

using sql::StatementFile;
using sql::with_word;

TEST_CASE("a file of statements: each has its name, comments and the last semicolon go") {
  const StatementFile file(
      "-- About the file; -- name: is none here\n"
      "\n"
      "-- name: clock\n"
      "WITH clock (now) AS (\n"
      "  SELECT 1);\n"
      "-- About the next.\n"
      "-- name: one with clock\n"
      "SELECT now\n"
      "  FROM clock;\n"
      "ignored\n"
      "-- name: other\n"
      "-- inside\n"
      "SELECT ';'");
  CHECK(file.all().size() == 3);
  CHECK(file.text("one") == "WITH clock (now) AS (\n  SELECT 1)\nSELECT now\n  FROM clock");
  CHECK(file.text("other") == "SELECT ';'\n");
  CHECK_THROWS_AS(static_cast<void>(file.text("none")), std::logic_error);
}

TEST_CASE("a file of statements: a name comes once, and the clock before those that read it") {
  CHECK_THROWS_AS(StatementFile("-- name: a\nx;\n-- name: a\ny;\n"), std::logic_error);
  CHECK_THROWS_AS(StatementFile("-- name: a with clock\nx;\n"), std::logic_error);
  CHECK(StatementFile("").all().empty());
}

TEST_CASE("a word is replaced wherever it stands by itself") {
  CHECK(with_word("a log, main.log (log)", "log", "\"l\"") == "a \"l\", main.\"l\" (\"l\")");
  CHECK(with_word("logs _log log1 catalog", "log", "x") == "logs _log log1 catalog");
  CHECK(with_word("log", "log", "log log") == "log log");
  CHECK(with_word("", "log", "x").empty());
}

}  // namespace
}  // namespace crier::test
