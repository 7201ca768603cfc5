// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

// The holes in statements: {table} is the instruction table, ?1 the first parameter, {now} and the
// like are a dialect's, and the rest stands for what several statements ask.
namespace crier::sql {

// Where databases differ in what they call the same thing.
struct Dialect {
  // Milliseconds since 1970, by the database's clock; the same throughout a statement.
  std::string_view now;
  // crierFailure.failedMs, as a stamp of the log.
  std::string_view failed_stamp;
  // The functions that give the greatest and the least of their arguments.
  std::string_view greatest;
  std::string_view least;
  // Another random number with each row, never 0.
  std::string_view new_stamp;
  // What comes before a parameter's number.
  char parameter;
};

// What stands for a hole in several statements.
struct Term {
  std::string_view hole;
  std::string_view text;
};

inline constexpr std::array kTerms = {
    // Of a row of crierNode. abs: a clock that was set back must not keep a dead node live.
    Term{"live", "(stoppedMs IS NULL AND abs({now} - beatMs) <= 3 * intervalMs)"},
    // Of a row of crierLease. The upper bound has the same reason.
    Term{"valid",
         "(crierLease.expiresMs > {now} AND "
         "crierLease.expiresMs - {now} <= 2 * (crierLease.expiresMs - crierLease.heldMs))"},
    // Of a row of crierWait, whose time is a leap year at the most. As above.
    Term{"holds", "(untilMs > {now} AND untilMs - {now} <= 366 * CAST(86400000 AS BIGINT))"},
    // Of a row of crierNode: whether that one has beaten since the first beat of incarnation ?3.
    // Not in the future: the clock was wrong then.
    Term{"since",
         "(beatMs <= {now} AND beatMs > (SELECT startedMs FROM crierNode "
         "WHERE log = ?1 AND name = ?2 AND incarnation = ?3))"},
    // Of a row of crierPosition: whether incarnation ?3 may put it at ?5. ?7: whatever it was.
    Term{"moves",
         "(?7 <> 0 OR crierPosition.incarnation <> ?3 OR crierPosition.position IS NULL "
         "OR crierPosition.position <= ?5)"}};

[[nodiscard]] inline std::string quoted_name(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    text.append(c == '"' ? 2 : 1, c);
  }
  return text + '"';
}

// `statement` with its holes filled; `table` as it stands in SQL.
[[nodiscard]] inline std::string fill(std::string_view statement, std::string_view table,
                                      const Dialect& dialect) {
  std::string text;
  for (std::size_t hole = 0; (hole = statement.find_first_of("{?")) != std::string_view::npos;) {
    const bool is_parameter = statement[hole] == '?';
    text.append(statement.substr(0, hole));
    statement.remove_prefix(hole + 1);
    if (is_parameter) {
      text += dialect.parameter;
      continue;
    }
    const std::size_t close = statement.find('}');
    const std::string_view name = statement.substr(0, close);
    statement.remove_prefix(close + 1);
    const std::array own = {Term{"table", table},
                            Term{"now", dialect.now},
                            Term{"failedStamp", dialect.failed_stamp},
                            Term{"greatest", dialect.greatest},
                            Term{"least", dialect.least},
                            Term{"newStamp", dialect.new_stamp}};
    for (const Term& term : own) {
      text.append(name == term.hole ? term.text : std::string_view());
    }
    for (const Term& term : kTerms) {
      text.append(name == term.hole ? fill(term.text, table, dialect) : std::string());
    }
  }
  return text.append(statement);
}

}  // namespace crier::sql
