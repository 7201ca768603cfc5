// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "contract/postgres_test_store.hpp"
#include "support/raw_postgres.hpp"

#include <array>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {

/// A schema with a role of each kind, and one that may only connect.
struct Roles : MigratedSpace {
  static constexpr std::array kKinds = {
      std::pair{"reader", RoleKind::reader}, std::pair{"publisher", RoleKind::publisher},
      std::pair{"application", RoleKind::application}, std::pair{"node", RoleKind::node}};

  Roles() {
    execute("CREATE ROLE " + name("stranger") + " LOGIN");
    std::vector<RoleGrant> grants;
    for (const auto& [kind_name, kind] : kKinds) {
      execute("CREATE ROLE " + name(kind_name) + " LOGIN");
      grants.push_back({name(kind_name), kind});
    }
    execute(open_store(url())->connect(Access::read_only)->schema().grants(grants));
  }
  ~Roles() {
    try {
      for (const char* role : {"stranger", "reader", "publisher", "application", "node"}) {
        execute("DROP OWNED BY " + name(role) + "; DROP ROLE " + name(role));
      }
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it goes with the server
    }
  }
  Roles(const Roles&) = delete;
  Roles& operator=(const Roles&) = delete;

  [[nodiscard]] std::string name(const std::string& role) const { return role + schema(); }
  [[nodiscard]] std::string url_of(const std::string& role,
                                   const std::string& deadline = "30s") const {
    return "postgresql://" + name(role) + "@/crier?deadline=" + deadline +
           "&host=" + postgres_folder() + "&schema=" + schema();
  }
  [[nodiscard]] std::unique_ptr<Connection> connect(const std::string& role, Access access) const {
    return open_store(url_of(role))->connect(access);
  }
  /// A session of the role's own, with the schema on its search_path.
  [[nodiscard]] RawPostgres raw(const std::string& role) const {
    RawPostgres session("host=" + postgres_folder() + " dbname=crier user=" + name(role));
    session.exec("SET search_path = " + schema());
    return session;
  }
};

}  // namespace crier::test
