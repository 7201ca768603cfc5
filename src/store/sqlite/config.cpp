// SPDX-License-Identifier: MIT
#include "store/sqlite/config.hpp"

#include "base/ascii.hpp"
#include "base/query.hpp"
#include "base/quoting.hpp"
#include "base/url_text.hpp"
#include "store/url.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace crier::sqlite {
namespace {

constexpr std::string_view kScheme = "sqlite";
constexpr std::size_t kMaxTableBytes = 128;

Durability durability_of(std::string_view text) {
  if (text != "normal" && text != "full") {
    refuse_url("the durability '" + std::string(text) + "' is not known: write normal or full");
  }
  return text == "full" ? Durability::full : Durability::normal;
}

const std::string& checked_table(const std::string& table) {
  if (table.empty() || table.size() > kMaxTableBytes || table.find('\0') != std::string::npos) {
    refuse_url("the store URL's table must have a name of 1 to 128 bytes without NUL");
  }
  return table;
}

std::string path_of(std::string_view text) {
  std::string path = decoded(text);
  if (path.empty()) {
    refuse_url("the store URL has no path: write sqlite:PATH or just PATH");
  }
  if (path.find('\0') != std::string::npos) {
    refuse_url("the store URL's path must not hold a NUL byte");
  }
  if (path == ":memory:") {
    refuse_url("':memory:' can't be shared between processes: give the path of a file");
  }
  return path;
}

}  // namespace

StoreConfig parse_sqlite_url(std::string_view url) {
  StoreConfig config;
  const std::string scheme = scheme_of(url);
  std::string_view rest = url;
  if (!scheme.empty() && scheme != kScheme) {
    refuse_url("unknown store scheme '" + scheme +
               "': known are sqlite (sqlite:PATH or just PATH) and postgresql "
               "(postgresql://HOST/DATABASE)");
  }
  if (!scheme.empty()) {
    rest.remove_prefix(kScheme.size() + 1);
    if (rest.starts_with("//")) {
      rest.remove_prefix(2);
      if (!rest.starts_with('/')) {
        refuse_url(
            "a sqlite URL names no host: write sqlite:PATH, or sqlite:///PATH from the root");
      }
    }
  }

  const std::size_t path_end = std::min(rest.find('?'), rest.size());
  const std::string_view path = rest.substr(0, path_end);
  config.database = path_of(path);
  std::string bare = on_one_line(path);
  for (const QueryParameter& parameter :
       parse_query(rest.substr(path_end), "the store URL", {"table", "deadline", "durability"})) {
    if (parameter.name == "table") {
      const std::string table = checked_table(parameter.value);
      // As SQLite compares names.
      config.foreign_log = !same_ignoring_case(table, config.log);
      config.log = config.foreign_log ? table : config.log;
      bare += "?table=" + on_one_line(parameter.raw_value);
    } else if (parameter.name == "deadline") {
      config.deadline = checked_deadline(duration_in_url(parameter.value));
    } else if (parameter.name == "durability") {
      config.durability = durability_of(parameter.value);
    } else {
      refuse_url("the store URL has an unknown parameter '" + on_one_line(parameter.name) +
                 "': known are table, deadline and durability");
    }
  }
  config.name = std::string(kScheme) + ":" + bare;
  config.migrate_command =
      "crier --store " + shell_word(scheme_of(bare).empty() ? bare : config.name) + " migrate";
  return config;
}

}  // namespace crier::sqlite
