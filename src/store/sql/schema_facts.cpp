// SPDX-License-Identifier: MIT
#include "store/sql/schema_facts.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

namespace crier::sql {
namespace {

using Kind = SchemaFact::Kind;

constexpr std::string_view kDefault = " default ";

// What follows `words` in `text`, up to one of `ends`; empty if they don't stand there.
std::string after(std::string_view text, std::string_view words, std::string_view ends) {
  const std::size_t at = text.find(words);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = text.substr(at + words.size());
  return std::string(rest.substr(0, rest.find_first_of(ends)));
}

// The type and what a column does by itself. NOT NULL is left out: without it all works. Of a
// default the beginning: databases write it out in their own ways.
std::string column_value(const std::string& definition) {
  constexpr std::array<std::string_view, 9> kAfterType = {
      " not null ", kDefault, " primary key ", " generated ",    " collate ",
      " check ",    " null ", " unique ",      " autoincrement "};
  const std::string words = " " + plain_words(definition) + " ";
  const auto says = [&](std::string_view word) { return words.find(word) != std::string::npos; };
  std::size_t end = words.size() - 1;
  for (const std::string_view word : kAfterType) {
    end = std::min(end, words.find(word));
  }
  std::string value = words.substr(1, std::max<std::size_t>(end, 1) - 1);
  if (says(" collate ")) {
    value += " collate " + after(words, " collate ", " ");
  }
  if (says(kDefault)) {
    const std::string_view text = std::string_view(words).substr(words.find(kDefault));
    const std::size_t begin = std::min(text.find_first_not_of(" (", kDefault.size()), text.size());
    value += std::string(kDefault) +
             std::string(text.substr(begin, text.find_first_of("(,: )", begin) - begin));
  }
  value += says(" generated ") ? " identity" : "";
  value += says(" unique ") ? " unique" : "";
  value += says(" autoincrement ") ? " autoincrement" : "";
  return value;
}

std::string first_word(std::string_view text) {
  return std::string(text.substr(0, text.find_first_of(" (\n;")));
}

std::string without_quotes(std::string name) {
  std::erase_if(name, [](char c) { return c == '"' || c == '`'; });
  return name;
}

void add_key(const std::string& table, const std::string& columns, std::vector<SchemaFact>& facts) {
  facts.push_back({Kind::key,
                   "the primary key of " + table,
                   plain_words(columns),
                   table,
                   {},
                   "PRIMARY KEY (" + columns + ")"});
}

void add_function(const SchemaPart& part, std::vector<SchemaFact>& facts) {
  std::string types;
  std::string_view rest;
  for (const std::string& parameter : elements_of(part.sql, &rest)) {
    const std::string named = parameter.substr(0, parameter.find(" DEFAULT "));
    types += (types.empty() ? "" : ", ") + named.substr(named.find(' ') + 1);
  }
  facts.push_back({Kind::function,
                   "the function " + part.name + "(" + types + ")",
                   plain_words(rest.substr(0, rest.rfind(';'))),
                   part.name,
                   {},
                   part.sql});
}

}  // namespace

std::string plain_words(std::string_view sql) {
  std::string words;
  for (const char c : sql) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      words += words.empty() || words.ends_with(' ') ? "" : " ";
    } else if (c != '"' && c != '`') {
      words += ascii_lower(c);
    }
  }
  words.erase(words.find_last_not_of(' ') + 1);
  return words;
}

std::vector<SchemaFact> table_facts(const std::string& name, const std::string& sql) {
  std::vector<SchemaFact> facts{{Kind::table, "the table " + name, "", name, {}, sql}};
  std::vector<SchemaFact> last;  // keys and checks: of columns that are to be there by then
  for (const std::string& element : elements_of(sql)) {
    const std::string words = plain_words(element);
    if (words.starts_with("primary key")) {
      const std::vector<std::string> columns = elements_of(element);
      std::string list;
      for (const std::string& column : columns) {
        list += (list.empty() ? "" : ", ") + column;
      }
      add_key(name, list, last);
      continue;
    }
    constexpr std::array<std::string_view, 4> kOthers = {"constraint", "unique", "check",
                                                         "foreign"};
    if (std::ranges::find(kOthers, first_word(words)) != kOthers.end()) {
      continue;  // of a person's own
    }
    const std::string quoted = first_word(element);
    const std::string column = without_quotes(quoted);
    const std::string definition = element.substr(std::min(quoted.size() + 1, element.size()));
    facts.push_back({Kind::column, "the column " + name + "." + column, column_value(definition),
                     name, column, column + " " + definition});
    if (words.find(" primary key") != std::string::npos) {
      add_key(name, column, last);
    }
    if (const std::string check = after(words, " check (", ")"); !check.empty()) {
      last.push_back({Kind::check,
                      "the check of " + name + " (" + check + ")",
                      "",
                      name,
                      {},
                      "CHECK (" + check + ")"});
    }
  }
  std::ranges::move(last, std::back_inserter(facts));
  return facts;
}

std::vector<SchemaFact> schema_facts(const std::vector<SchemaPart>& parts) {
  std::vector<SchemaFact> facts;
  for (const SchemaPart& part : parts) {
    switch (part.kind) {
      case SchemaPart::Kind::table:
        std::ranges::move(table_facts(part.name, part.sql), std::back_inserter(facts));
        break;
      case SchemaPart::Kind::index:
        facts.push_back({Kind::index,
                         "the index " + part.name,
                         after(plain_words(part.sql), " on ", ")") + ")",
                         part.name,
                         {},
                         part.sql});
        break;
      case SchemaPart::Kind::function:
        add_function(part, facts);
        break;
      case SchemaPart::Kind::trigger: {
        const std::string words = plain_words(part.sql.substr(0, part.sql.rfind(';')));
        facts.push_back({Kind::trigger, "the trigger " + part.name, words,
                         after(words, " on ", " "), part.name, part.sql});
        break;
      }
      case SchemaPart::Kind::row:
      case SchemaPart::Kind::right:
        break;  // told elsewhere
    }
  }
  return facts;
}

std::vector<SchemaFault> schema_faults(const std::vector<SchemaFact>& expected,
                                       const FoundFacts& found) {
  std::vector<SchemaFault> faults;
  for (const SchemaFact& fact : expected) {
    const bool is_part =
        fact.kind == Kind::column || fact.kind == Kind::key || fact.kind == Kind::check;
    const auto table = found.find(in_lower_case("the table " + fact.table));
    if (is_part && (table == found.end() || table->second == "no table")) {
      continue;  // that is told
    }
    const auto value = found.find(in_lower_case(fact.what));
    if (value == found.end()) {
      faults.push_back({fact, std::nullopt});
    } else if (value->second != fact.value &&
               // A default of a person's own does no harm where none is needed.
               (fact.kind != Kind::column || fact.value.find(kDefault) != std::string::npos ||
                !value->second.starts_with(fact.value + std::string(kDefault)))) {
      faults.push_back({fact, value->second});
    }
  }
  return faults;
}

std::string sentence_of(const SchemaFault& fault) {
  const std::string& what = fault.fact.what;
  if (!fault.found) {
    return what + " is gone";
  }
  switch (fault.fact.kind) {
    case Kind::table:
      return what + " is " + *fault.found;
    case Kind::column:
    case Kind::key:
      return what + " is '" + *fault.found + "' and not '" + fault.fact.value + "'";
    case Kind::check:
    case Kind::index:
    case Kind::function:
    case Kind::trigger:
      break;
  }
  return what + " was changed";
}

bool needs_value(const SchemaFact& column) {
  return plain_words(column.sql).find(" not null") != std::string::npos &&
         column.value.find(kDefault) == std::string::npos && !column.value.ends_with(" identity") &&
         !column.value.ends_with(" autoincrement");
}

}  // namespace crier::sql
