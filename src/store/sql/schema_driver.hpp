// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/schema.hpp>
#include <crier/error.hpp>

#include "store/sql/prepared_statement.hpp"
#include "store/sql/schema_facts.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier::sql {

// What databases do differently with crier's tables. Part of a session: one thread at a time,
// within Session::call().
class SchemaDriver {
 public:
  virtual ~SchemaDriver() = default;

  // Makes the database ready for the migrations that are to come, if any.
  virtual void prepare_database(bool are_any_pending) = 0;
  // Why the tables can't be seen or made here: a sentence, with what to do; empty if they can.
  virtual std::string obstacle() { return {}; }
  // Runs `make` so that what it makes is nobody's but its owner's, whatever the defaults of the
  // database. In the transaction that is open.
  virtual void without_default_rights(const std::function<void()>& make) { make(); }
  // schema/, as it is to stand in this database.
  [[nodiscard]] virtual std::string schema() = 0;
  // What there is of that.
  virtual FoundFacts facts(const std::vector<SchemaFact>& expected) = 0;
  // SQL that mends it; empty if none can. `found` is all that is there.
  [[nodiscard]] virtual std::string mend(const SchemaFault& fault, const FoundFacts& found) = 0;
  // What the tables hold that no publish can do without, and is gone: a sentence; empty if nothing
  // is. If the instruction table is another program's, why it is none.
  virtual std::string log_fault() = 0;
  // What is unsafe about where the tables are: sentences.
  virtual std::vector<std::string> warnings() { return {}; }
  // See SchemaStatus.
  virtual std::vector<std::string> problems() { return {}; }
  // See Schema::repair(): what the tables hold, which are as they are to be by then. In the
  // transaction that is open.
  virtual std::vector<Repair> repair() = 0;
  [[nodiscard]] virtual bool has_roles() const { return false; }
  // See Schema::grants(). REQUIRES: has_roles().
  virtual std::string grants(std::span<const RoleGrant> /*grants*/) { return {}; }
  // See Schema::journal_bytes().
  virtual std::optional<std::uint64_t> journal_bytes() { return std::nullopt; }
  // See Schema::check_setup().
  virtual std::vector<SetupCheck> check_setup() { return {}; }
  // Tables of at least kManyRows rows through which the statement of that name would walk from one
  // end to the other; nothing if that can't be told: a table, or a right, is missing.
  static constexpr int kManyRows = 1000;
  virtual std::optional<std::vector<std::string>> tables_walked_by(std::string_view /*statement*/) {
    return std::nullopt;
  }
  // What has the database look again at what a table holds: a command for people.
  [[nodiscard]] virtual std::string analyze_command(const std::string& /*table*/) const {
    return {};
  }
  virtual TableInfo describe(std::string_view /*table*/) {
    throw Error("describe", "this store has no way to describe a table");
  }
  // Prepares a look at the application's tables. `query` is one that gives a key and a version; the
  // statement gives both as texts, of the keys in its parameter, a list as of Session::key_list(),
  // each once for each of its versions. It only reads.
  [[nodiscard]] virtual std::unique_ptr<PreparedStatement> prepare_look_up(
      std::string_view query) = 0;
};

}  // namespace crier::sql
