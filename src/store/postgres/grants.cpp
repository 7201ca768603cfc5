// SPDX-License-Identifier: MIT
#include "store/postgres/grants.hpp"

#include "base/ascii.hpp"
#include "base/one_line.hpp"
#include "base/quoting.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

namespace crier::postgres {
namespace {

constexpr std::string_view kTables =
    "crierCacheInstruction, crierLog, crierPending, crierMigration, crierNode, crierLease,\n"
    "  crierPosition, crierPruned, crierWait, crierFailure, crierCanary, crierCache, crierHybrid,\n"
    "  crierLock, crierEvent, crierRefresher, crierProgress, crierAudit";
constexpr std::string_view kAppend =
    "crierAppend(text, text, bigint, crierLog),\n"
    "  crierAppend(text[], text[], bigint[], crierLog)";
// What nodes tell each other, and what they share.
constexpr std::string_view kOfNodes =
    "crierNode, crierLease, crierPosition, crierPruned,\n"
    "  crierWait, crierFailure, crierCanary, crierCache, crierHybrid, crierEvent,\n"
    "  crierRefresher, crierProgress, crierAudit";
constexpr std::string_view kOfApplications = "jsonInstruction, originated, instructionCount";

bool lists(std::string_view names, const std::string& name) {
  return (", " + in_lower_case(names) + ",").find(" " + name + ",") != std::string::npos;
}

// By the same rights as Script::allow() gives.
bool any_kind_has(const HeldRight& right) {
  const auto is = [&](std::string_view privilege, std::string_view object) {
    return right.privilege == privilege && right.object == in_lower_case(object);
  };
  const bool writes =
      right.privilege == "INSERT" || right.privilege == "UPDATE" || right.privilege == "DELETE";
  return right.privilege == "SELECT" || is("DELETE", "crierCacheInstruction") ||
         is("UPDATE", "crierLock") || (writes && lists(kOfNodes, right.object)) ||
         (is("INSERT", "crierPending") && lists(kOfApplications, right.column)) ||
         (right.privilege == "EXECUTE" && right.object != "criersettleatcommit");
}

class Script {
 public:
  void grant(std::string_view what, const std::string& role) {
    text_.append("GRANT ").append(what).append(" TO ").append(role).append(";\n");
  }

  void revoke(std::string_view what, std::string_view role) {
    text_.append("REVOKE ").append(what).append(" FROM ").append(role).append(";\n");
  }

  // Takes away what an earlier kind has left.
  void revoke_all(const GrantObjects& there, const std::string& role) {
    revoke("ALL ON " + std::string(kTables), role);
    revoke("ALL ON SEQUENCE " + there.sequences, role);
    revoke_functions(there, role);
  }

  void revoke_functions(const GrantObjects& there, std::string_view role) {
    revoke("ALL ON FUNCTION crierSettle, crierSettleAtCommit, " + std::string(kAppend), role);
    if (!there.trigger_functions.empty()) {
      revoke("ALL ON FUNCTION " + there.trigger_functions, role);
    }
  }

  void allow(RoleKind kind, const std::string& role) {
    const std::string append = "EXECUTE ON FUNCTION " + std::string(kAppend);
    switch (kind) {
      case RoleKind::reader:
        grant("SELECT ON " + std::string(kTables), role);
        return;
      case RoleKind::publisher:
        grant("SELECT ON crierMigration, crierLog", role);
        grant(append, role);
        return;
      case RoleKind::application:
        grant("SELECT ON crierLog", role);
        grant("INSERT (" + std::string(kOfApplications) + ") ON crierPending", role);
        return;
      case RoleKind::node:
        grant("SELECT ON " + std::string(kTables), role);
        grant(append + ", crierSettle", role);
        grant("DELETE ON crierCacheInstruction", role);
        grant("UPDATE ON crierLock", role);
        grant("INSERT, UPDATE, DELETE ON " + std::string(kOfNodes), role);
        return;
      case RoleKind::none:
        return;
    }
  }

  void say(std::string_view line) { text_.append(line).append("\n"); }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

bool is_stray(const HeldRight& right, std::span<const HeldRight> of_role) {
  if (right.role == kEverybody) {
    return right.privilege != "SELECT";
  }
  const auto has = [&](std::string_view privilege, std::string_view object) {
    return std::ranges::any_of(of_role, [&](const HeldRight& other) {
      return other.privilege == privilege && other.object == object;
    });
  };
  // A kind that calls functions reads the counter, too, and one that settles prunes: without that,
  // somebody gave away functions, and no kind.
  const bool by_default = right.privilege == "EXECUTE" &&
                          (!has("SELECT", "crierlog") || (right.object == "criersettle" &&
                                                          !has("DELETE", "criercacheinstruction")));
  return by_default || !any_kind_has(right);
}

// "INSERT on crierlog, EXECUTE on FUNCTION crierSettleAtCommit() and 3 more"
std::string in_words(const std::vector<const HeldRight*>& rights) {
  constexpr std::size_t kMost = 3;
  std::string words;
  for (std::size_t i = 0; i < std::min(rights.size(), kMost); ++i) {
    const HeldRight& right = *rights[i];
    words += (i == 0 ? "" : ", ") + right.privilege + " on " + right.target +
             (right.column.empty() ? "" : " (" + right.column + ")");
  }
  return rights.size() <= kMost ? words
                                : words + " and " + std::to_string(rights.size() - kMost) + " more";
}

// Of one role.
void add_warnings(std::span<const HeldRight> rights, const std::string& there,
                  std::vector<std::string>& warnings) {
  const HeldRight& first = rights.front();
  const bool everybody = first.role == kEverybody;
  const std::string who = everybody ? "every role" : "the role " + one_line(first.grantee);
  const auto take_away = [&](const std::string& what, const HeldRight& right) {
    return "; take that away with: REVOKE " + what + " ON " + right.target + " FROM " +
           right.grantee;
  };
  std::vector<const HeldRight*> strays;
  for (const HeldRight& right : rights) {
    if (right.object.empty() && right.privilege == "CREATE") {
      warnings.push_back(who + " may create objects in the " + right.target + " of " + there +
                         ", beside crier's tables" + take_away("CREATE", right));
    } else if (right.object.empty()) {
      warnings.push_back(who + " may have a table of its own tell of changes by the " +
                         right.target + " of crier sql-trigger in " + there +
                         ", and so publish; take that away with: REVOKE ALL ON " + right.target +
                         " FROM " + right.grantee);
    } else if (is_stray(right, rights)) {
      strays.push_back(&right);
    }
  }
  if (!strays.empty()) {
    warnings.push_back(
        who + " may do in " + there + " what " +
        (everybody ? "nobody may without a grant" : "no kind of role needs") + " (" +
        in_words(strays) + "), as after a restore without rights, by default privileges, or by " +
        "grants of an earlier crier; " +
        (everybody ? "what this prints takes that away: "
                   : "what this prints, with its kind, or none, takes that away, once no node of "
                     "crier 0.1 runs: ") +
        "crier grants --role " + shell_word(first.role + (everybody ? "=none" : "=KIND")));
  }
}

}  // namespace

std::string grants_sql(const GrantObjects& there, std::span<const RoleGrant> grants) {
  Script script;
  const std::string schema = sql_name(there.schema);
  script.say("BEGIN;");  // meanwhile a role that works with its rights must not be without
  script.say("SET LOCAL search_path = " + schema + ";");
  // What everybody has after a restore without rights.
  script.revoke_functions(there, "PUBLIC");
  script.revoke("INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON " + std::string(kTables),
                "PUBLIC");
  script.revoke("ALL ON SEQUENCE " + there.sequences, "PUBLIC");
  std::set<std::string> begun;
  for (const RoleGrant& grant : grants) {
    const std::string role = grant.role == kEverybody ? "PUBLIC" : sql_name(grant.role);
    if (begun.insert(role).second) {
      script.revoke_all(there, role);
    }
    if (grant.kind != RoleKind::none) {
      script.grant("USAGE ON SCHEMA " + schema, role);
    }
    script.allow(grant.kind, role);
  }
  script.say("COMMIT;");
  return std::move(script).text();
}

std::string table_names() {
  std::string names = in_lower_case(kTables);
  std::erase_if(names, [](char c) { return c == ' ' || c == '\n'; });
  return names;
}

std::vector<std::string> warnings_of(const std::vector<HeldRight>& held, const std::string& there) {
  std::vector<std::string> warnings;
  // In the order of the roles.
  for (auto from = held.begin(); from != held.end();) {
    const auto to = std::find_if(from, held.end(),
                                 [&](const HeldRight& right) { return right.role != from->role; });
    add_warnings({from, to}, there, warnings);
    from = to;
  }
  return warnings;
}

}  // namespace crier::postgres
