// SPDX-License-Identifier: MIT
#include "store/url.hpp"

#include <crier/error.hpp>

#include "base/url_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace crier {
namespace {

constexpr std::string_view kSqlite = "sqlite";
constexpr std::string_view kPostgres = "postgresql";
// By which a text is told from a path: with one of these and '=' libpq's keyword form begins.
constexpr std::array<std::string_view, 8> kFirstKeywords = {
    "host", "hostaddr", "port", "dbname", "user", "service", "passfile", "password"};
constexpr std::size_t kMaxTableBytes = 128;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Lower-case; empty where `url` is a path. One letter before the colon is a drive, not a scheme.
std::string scheme_of(std::string_view url) {
  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos || colon < 2 || !is_letter(url.front())) {
    return {};
  }
  std::string scheme(url.substr(0, colon));
  if (!std::all_of(scheme.begin(), scheme.end(),
                   [](char c) { return is_letter(c) || is_digit(c); })) {
    return {};
  }
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](char c) { return is_digit(c) ? c : static_cast<char>(c | 0x20); });
  return scheme;
}

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

void read_parameter(std::string_view parameter, StoreUrl& url) {
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

void refuse_url(const std::string& message) {
  throw Error("open", message, Error::Kind::invalid_argument);
}

void check_deadline(std::chrono::milliseconds deadline) {
  using namespace std::chrono_literals;
  if (deadline < 1ms || deadline > 24h) {
    refuse_url("the store's deadline must be between 1ms and 1440m");
  }
}

std::string for_shell(const std::string& word) {
  const auto plain = [](char c) {
    return is_letter(c) || is_digit(c) ||
           std::string_view("_-./:%=+,@").find(c) != std::string::npos;
  };
  if (std::all_of(word.begin(), word.end(), plain)) {
    return word;
  }
  std::string quoted = "'";
  for (const char c : word) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return quoted + "'";
}

bool names_postgres(std::string_view url) {
  const std::string scheme = scheme_of(url);
  if (scheme == kPostgres || scheme == "postgres") {
    return true;
  }
  const std::size_t first = std::min(url.find_first_not_of(' '), url.size());
  const std::string_view word = url.substr(first);
  const std::string_view keyword = word.substr(0, word.find_first_of(" ="));
  const std::size_t next = word.find_first_not_of(' ', keyword.size());
  return std::find(kFirstKeywords.begin(), kFirstKeywords.end(), keyword) != kFirstKeywords.end() &&
         next != std::string_view::npos && word[next] == '=';
}

StoreUrl parse_url(std::string_view url) {
  StoreUrl parsed;
  parsed.scheme = scheme_of(url);
  std::string_view rest = url;
  if (parsed.scheme.empty()) {
    parsed.scheme = kSqlite;
  } else if (parsed.scheme != kSqlite) {
    refuse_url("unknown store scheme '" + parsed.scheme +
               "': known are sqlite (sqlite:PATH or just PATH) and postgresql "
               "(postgresql://HOST/DATABASE)");
  } else {
    rest.remove_prefix(kSqlite.size() + 1);
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
  parsed.path = path_of(path);
  parsed.name = parsed.scheme + ":" + on_one_line(path);
  for (std::string_view query = rest.substr(path_end); !query.empty();) {
    query.remove_prefix(1);
    const std::size_t end = std::min(query.find('&'), query.size());
    read_parameter(query.substr(0, end), parsed);
    query.remove_prefix(end);
  }
  const std::string bare = parsed.name.substr(kSqlite.size() + 1);
  parsed.argument = for_shell(scheme_of(bare).empty() ? bare : parsed.name);
  return parsed;
}

}  // namespace crier
