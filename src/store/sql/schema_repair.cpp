// SPDX-License-Identifier: MIT
#include "store/sql/schema_repair.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <set>
#include <utility>

namespace crier::sql {
namespace {

std::string in_words(const std::vector<std::string>& sentences) {
  constexpr std::size_t kMost = 3;
  std::string words;
  for (std::size_t i = 0; i < std::min(sentences.size(), kMost); ++i) {
    words += (i == 0 ? "" : ", ") + sentences[i];
  }
  return sentences.size() <= kMost
             ? words
             : words + ", and " + std::to_string(sentences.size() - kMost) + " more";
}

}  // namespace

std::string repaired(const SchemaFault& fault, bool has_roles) {
  const bool is_table = fault.fact.kind == SchemaFact::Kind::table;
  if (fault.found) {
    return is_table ? fault.fact.what + " was " + *fault.found : fault.fact.what + " was changed";
  }
  if (fault.fact.kind == SchemaFact::Kind::column && needs_value(fault.fact)) {
    return fault.fact.what + " was gone, and with it what the rows said: they go, too";
  }
  return fault.fact.what + " was gone" +
         (is_table && has_roles ? ", and so are the rights on it: see crier grants" : "");
}

Repair attempt(Session& session, std::string what, std::string sql) {
  Repair repair{std::move(what), std::move(sql)};
  if (repair.sql.empty()) {
    repair.failed = "it has to be dropped or renamed by whoever put it there";
    return repair;
  }
  session.execute("SAVEPOINT crier_repair");
  try {
    session.execute(repair.sql);
  } catch (const std::exception& error) {
    if (!session.is_refusal(error)) {
      throw;
    }
    repair.failed = error.what();
    session.execute("ROLLBACK TO crier_repair");
  }
  session.execute("RELEASE crier_repair");
  return repair;
}

std::vector<Repair> mend_schema(Session& session, SchemaDriver& driver) {
  const std::vector<SchemaPart> parts = schema_parts(driver.schema());
  const std::vector<SchemaFact> expected = schema_facts(parts);
  std::vector<Repair> repairs;
  std::set<std::string> tried;
  bool with_functions = false;
  // One repair may mend, or take along, what others are about: each goes by what is there then.
  for (bool any = true; any;) {
    const FoundFacts found = driver.facts(expected);
    any = false;
    for (const SchemaFault& fault : schema_faults(expected, found)) {
      if (tried.insert(fault.fact.what).second) {
        any = true;
        with_functions = with_functions || fault.fact.kind == SchemaFact::Kind::function;
        repairs.push_back(
            attempt(session, repaired(fault, driver.has_roles()), driver.mend(fault, found)));
        break;
      }
    }
  }
  for (const SchemaPart& part : parts) {
    if (part.kind == SchemaPart::Kind::right && with_functions) {
      repairs.push_back(
          attempt(session, "functions are for nobody without a grant: see crier grants", part.sql));
    }
  }
  return repairs;
}

Damage damage(SchemaDriver& driver, const std::vector<SchemaFact>& expected) {
  std::vector<std::string> wrong, harmless;
  for (const SchemaFault& fault : schema_faults(expected, driver.facts(expected))) {
    const bool is_harmless =
        fault.fact.kind == SchemaFact::Kind::index || fault.fact.kind == SchemaFact::Kind::check;
    (is_harmless ? harmless : wrong).push_back(sentence_of(fault));
  }
  return {in_words(wrong), in_words(harmless)};
}

}  // namespace crier::sql
