// SPDX-License-Identifier: MIT
#pragma once

#include "cli/tool.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <exception>
#include <string>

namespace crier::test {

/// A schema with crier's tables, and a role that may log in and has no right there. Both are gone
/// afterwards. REQUIRES: a server, see postgres_folder().
class RoleSpace {
 public:
  RoleSpace() {
    REQUIRE(run_tool({"migrate"}, "", space_.url()).code == 0);
    space_.execute("CREATE ROLE " + role_ + " LOGIN");
  }
  ~RoleSpace() {
    try {
      space_.execute("DROP OWNED BY " + role_ + "; DROP ROLE " + role_);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it goes with the server
    }
  }
  RoleSpace(const RoleSpace&) = delete;
  RoleSpace& operator=(const RoleSpace&) = delete;

  [[nodiscard]] const PostgresSpace& space() const { return space_; }
  [[nodiscard]] const std::string& role() const { return role_; }
  /// As the role.
  [[nodiscard]] std::string url(const std::string& more = {}) const {
    return "postgresql://" + role_ + "@/crier?host=" + postgres_folder() +
           "&schema=" + space_.schema() + more;
  }
  /// What `crier grants` gives a role of that kind, and nothing else.
  void grant(const std::string& kind) const {
    space_.execute(run_tool({"grants", "--role", role_ + "=" + kind}, "", space_.url()).out);
  }

 private:
  const PostgresSpace space_;
  const std::string role_ = "r" + space_.schema();
};

}  // namespace crier::test
