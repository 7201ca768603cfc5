// SPDX-License-Identifier: MIT
#include "store/sqlite/config.hpp"

#include "base/ascii.hpp"
#include "base/query.hpp"
#include "base/quoting.hpp"
#include "base/url_text.hpp"
#include "store/sqlite/statements.hpp"
#include "store/url.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace crier::sqlite {
namespace {

constexpr std::string_view kScheme = "sqlite";
constexpr std::string_view kMemory = ":memory:";
constexpr std::size_t kMaxTableBytes = 128;
constexpr std::size_t kMaxAppBytes = 32;

Durability durability_of(std::string_view text) {
  if (text != "normal" && text != "full") {
    refuse_url("the durability" + shown_value(text) + " is not known: write normal or full");
  }
  return text == "full" ? Durability::full : Durability::normal;
}

bool ring_of(std::string_view text) {
  if (text != "on" && text != "off") {
    refuse_url("the ring" + shown_value(text) + " is not known: write on or off");
  }
  return text == "on";
}

const std::string& checked_table(const std::string& table) {
  if (table.empty() || table.size() > kMaxTableBytes || table.find('\0') != std::string::npos) {
    refuse_url("the store URL's table must have a name of 1 to 128 bytes without NUL");
  }
  return table;
}

// Small letters: SQLite does not tell names apart by their case, and crier's rows do.
const std::string& checked_app(const std::string& app) {
  const bool is_name =
      !app.empty() && app.size() <= kMaxAppBytes && is_ascii_letter(app.front()) &&
      std::ranges::all_of(app, [](char c) {
        return (is_ascii_letter(c) && !(c >= 'A' && c <= 'Z')) || is_ascii_digit(c) || c == '_';
      });
  if (!is_name || app == "sqlite" || app.starts_with("sqlite_")) {
    refuse_url("the store URL's app" + shown_value(app) +
               " can't begin the name of a table: write 1 to 32 small letters, digits or '_', a "
               "letter first, and not sqlite");
  }
  return app;
}

std::string path_of(std::string_view text) {
  std::string path = decoded(text);
  if (path.empty()) {
    refuse_url("the store URL has no path: write sqlite:PATH or just PATH");
  }
  if (path.find('\0') != std::string::npos) {
    refuse_url("the store URL's path must not hold a NUL byte");
  }
  if (path == kMemory) {
    refuse_url("':memory:' can't be shared between processes: give the path of a file");
  }
  return path;
}

}  // namespace

StoreConfig parse_sqlite_url(std::string_view url) {
  StoreConfig config;
  std::string_view rest = url;
  if (scheme_of(url) != kScheme) {
    require_plain_path(url == kMemory ? "" : url);
  } else {
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
  std::string table;
  std::string which;  // what of the query says which log it is
  const auto add = [&](const QueryParameter& parameter) {
    which += (which.empty() ? '?' : '&') + parameter.name + '=' + on_one_line(parameter.raw_value);
  };
  for (const QueryParameter& parameter :
       parse_query(rest.substr(path_end), "the store URL",
                   {"app", "table", "deadline", "durability", "ring"})) {
    if (parameter.name == "app") {
      require_plain(parameter, "the store URL");
      config.app = checked_app(parameter.value);
      add(parameter);
    } else if (parameter.name == "table") {
      require_plain(parameter, "the store URL");
      table = checked_table(parameter.value);
      add(parameter);
    } else if (parameter.name == "deadline") {
      config.deadline = checked_deadline(duration_in_url(parameter.value));
    } else if (parameter.name == "durability") {
      config.durability = durability_of(parameter.value);
    } else if (parameter.name == "ring") {
      config.ring = ring_of(parameter.value);
    } else {
      refuse_url("the store URL has an unknown parameter" + shown_value(parameter.name) +
                 ": known are app, table, deadline, durability and ring");
    }
  }
  config.log = in_app(config.log, config);
  if (!table.empty() && !same_ignoring_case(table, config.log)) {  // as SQLite compares names
    config.foreign_log = true;
    config.log = table;
  }
  bare += which;
  config.name = std::string(kScheme) + ":" + bare;
  config.migrate_command =
      "crier --store " + shell_word(is_plain_path(bare) ? bare : config.name) + " migrate";
  return config;
}

}  // namespace crier::sqlite
