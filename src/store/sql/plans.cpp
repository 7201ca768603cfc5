// SPDX-License-Identifier: MIT
#include "store/sql/plans.hpp"

#include "store/sql/hot_statements.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace crier::sql {

std::optional<SetupCheck> check_plans(Session& session, SchemaDriver& driver,
                                      const std::function<std::string()>& repair) {
  std::size_t looked_at = 0, walking = 0;
  SetupCheck check{"plans", SetupVerdict::ok, ""};
  for (const HotStatement& hot : kHotStatements) {
    const auto walked = session.call("check", [&] { return driver.tables_walked_by(hot.name); });
    if (!walked) {
      continue;
    }
    ++looked_at;
    if (walked->empty()) {
      continue;
    }
    if (walking++ == 0) {
      const std::string& table = walked->front();
      check.verdict = SetupVerdict::warning;
      check.found = std::string(hot.purpose) + " (the statement " + std::string(hot.name) +
                    ") walks through the whole table " + table;
      check.mend = repair();
      if (check.mend.empty()) {
        check.mend = driver.analyze_command(table);
      }
    }
  }
  if (looked_at == 0) {
    return std::nullopt;
  }
  if (walking > 1) {
    check.found += " (and " + std::to_string(walking - 1) + " more)";
  }
  if (walking == 0) {
    constexpr std::size_t kAll = kHotStatements.size();
    check.found =
        (looked_at == kAll ? "each" : std::to_string(looked_at)) + " of the " +
        std::to_string(kAll) + " statements that are run again and again " +
        (looked_at == 1 || looked_at == kAll ? "goes" : "go") + " by an index" +
        (looked_at == kAll ? "" : "; the others can't be looked at with these tables and rights");
  }
  return check;
}

}  // namespace crier::sql
