// SPDX-License-Identifier: MIT
#include "store/sqlite/config.hpp"

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

std::string table_of(std::string_view text) {
  std::string table = decoded(text);
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

// The parameters of a URL.
struct Parameters {
  std::optional<std::string> table;
  std::optional<std::chrono::milliseconds> deadline;
  std::optional<Durability> durability;
  std::string name;  // what of them a store's name has
};

void read_parameter(std::string_view parameter, Parameters& url) {
  const std::size_t equals = std::min(parameter.find('='), parameter.size());
  const std::string_view name = parameter.substr(0, equals);
  const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
  const auto once = [&](bool given) {
    if (given) {
      refuse_url("the store URL gives " + std::string(name) + " twice");
    }
  };
  if (name == "table") {
    once(url.table.has_value());
    url.table = table_of(value);
    url.name += "?table=" + on_one_line(value);
  } else if (name == "deadline") {
    once(url.deadline.has_value());
    url.deadline = duration_in_url(value);
  } else if (name == "durability") {
    once(url.durability.has_value());
    url.durability = durability_of(value);
  } else {
    refuse_url("the store URL has an unknown parameter '" + std::string(name) +
               "': known are table, deadline and durability");
  }
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
  Parameters parameters;
  for (std::string_view query = rest.substr(path_end); !query.empty();) {
    query.remove_prefix(1);
    const std::size_t end = std::min(query.find('&'), query.size());
    read_parameter(query.substr(0, end), parameters);
    query.remove_prefix(end);
  }
  // As SQLite compares names.
  if (parameters.table && sqlite3_stricmp(parameters.table->c_str(), config.log.c_str()) != 0) {
    config.log = *parameters.table;
    config.foreign_log = true;
  }
  config.deadline = checked_deadline(parameters.deadline.value_or(config.deadline));
  config.durability = parameters.durability.value_or(Durability::normal);
  const std::string bare = on_one_line(path) + parameters.name;
  config.name = std::string(kScheme) + ":" + bare;
  config.migrate_command =
      "crier --store " + for_shell(scheme_of(bare).empty() ? bare : config.name) + " migrate";
  return config;
}

}  // namespace crier::sqlite
