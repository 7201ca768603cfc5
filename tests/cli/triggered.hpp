// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>

#include "cli/database.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {

inline const std::string kMadeBy = "trigger ";

/// A database with a table of the application's, whose triggers the tool printed.
class Triggered {
 public:
  explicit Triggered(const std::string& create, bool umbraco = false)
      : database_(umbraco ? Database::of_umbraco() : Database()) {
    run(create);
  }

  [[nodiscard]] const Database& database() const { return database_; }
  void run(const std::string& sql) const { run_sql(database_.path(), sql); }
  /// Makes the triggers, and returns what the tool said.
  std::string make(Args args) const {
    args.insert(args.begin(), {"sql-trigger", "--refresher", kProducts, "--table"});
    const Outcome outcome = database_.run(args);
    REQUIRE(outcome.code == 0);
    run(outcome.out);
    return outcome.err;
  }
  /// Runs `sql`, and returns what stands in the log for it: a line for each entry.
  [[nodiscard]] std::string heard(const std::string& sql) const {
    const auto store = open_store(database_.url());
    const auto connection = store->connect(Access::read_only);
    const EntryId before = connection->log().newest().id;
    run(sql);
    std::string lines;
    EntryId last = before;
    for (const Entry& entry : connection->log().read_after(before).entries) {
      CHECK(entry.id.value == last.value + 1);
      last = entry.id;
      lines += line_of(entry) + "\n";
    }
    return lines;
  }

 private:
  static std::string line_of(const Entry& entry) {
    const Decoded decoded = decode(entry.json_instruction);
    CHECK(decoded.problems.empty());
    CHECK(encode(decoded.instructions) == entry.json_instruction);
    CHECK(entry.instruction_count == std::ssize(decoded.instructions));
    CHECK(entry.utc_stamp.size() == std::string("2026-11-21 10:00:00.123").size());
    CHECK(entry.originated.starts_with(kMadeBy));
    std::string line;
    for (const Instruction& instruction : decoded.instructions) {
      CHECK(instruction.refresher.to_string() == kProducts);
      line += (line.empty() ? "" : "; ") + std::string(to_string(instruction.type));
      if (instruction.type == RefreshType::refresh_by_json) {
        CHECK(is_json(instruction.payload));
        line += " " + instruction.payload;
      } else if (instruction.type != RefreshType::refresh_all) {
        line += " " + std::to_string(instruction.id);
      }
    }
    return line;
  }

  Database database_;
};

inline const std::string kProductsTable =
    "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT)";

}  // namespace crier::test
