// SPDX-License-Identifier: MIT
#include "store/postgres/place_of.hpp"

#include <crier/error.hpp>

#include "base/url_text.hpp"
#include "store/url.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <libpq-fe.h>
#include <memory>
#include <string>

namespace crier::postgres {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLongestName = 63;  // PostgreSQL cuts off what is longer

struct Free {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, Free>;

void for_each(const Options& options, const std::function<void(const PQconninfoOption&)>& body) {
  for (const PQconninfoOption* option = options.get();
       option != nullptr && option->keyword != nullptr; ++option) {
    body(*option);
  }
}

[[noreturn]] void refuse_form() {
  refuse_url(
      "the store URL is malformed: write postgresql://USER@HOST:PORT/DATABASE?PARAMETER=VALUE, "
      "with %XX for characters that have a meaning there, or host=HOST dbname=DATABASE");
}

// What libpq would use: from the environment and its service file too.
Parameters defaults() {
  Parameters defaults;
  for_each(Options(PQconndefaults()), [&](const PQconninfoOption& option) {
    defaults[option.keyword] = option.val == nullptr ? "" : option.val;
  });
  return defaults;
}

// Takes one parameter that is crier's own; false where it is not.
bool take_own(const std::string& name, const std::string& value, Place& place,
              std::optional<std::chrono::milliseconds>& deadline) {
  if (name == "schema") {
    if (!place.schema.empty()) {
      refuse_url("the store URL gives schema twice");
    }
    if (value.empty() || value.size() > kLongestName || value.find('\0') != std::string::npos) {
      refuse_url("the store URL's schema must have a name of 1 to 63 bytes without NUL");
    }
    place.schema = value;
    return true;
  }
  if (name == "deadline") {
    if (deadline) {
      refuse_url("the store URL gives deadline twice");
    }
    deadline = duration_in_url(value);
    return true;
  }
  if (name == "table" || name == "durability") {
    refuse_url(
        "a PostgreSQL store has no parameter '" + name + "': " +
        (name == "table"
             ? "a table that another program writes gives its ids before it commits, so entries "
               "would be lost; keep several logs apart with schema"
             : "what survives is the server's synchronous_commit"));
  }
  return false;
}

class Reader {
 public:
  explicit Reader(Place& place) : place_(place), known_(defaults()) {}

  void read_uri(std::string_view url) {
    const std::size_t query = std::min(url.find('?'), url.size());
    std::string rest(url.substr(0, query));
    std::transform(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(rest.find(':')),
                   rest.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    if (!rest.starts_with("postgres://") && !rest.starts_with("postgresql://")) {
      refuse_form();
    }
    // A password that holds what has a meaning here would become part of what messages name.
    const std::size_t authority = rest.find("://") + 3;
    if (rest.find('@', std::min(rest.find_first_of("@/", authority), rest.size() - 1) + 1) !=
        std::string::npos) {
      refuse_form();
    }
    char separator = '?';
    for (std::string_view left = url.substr(query); !left.empty();) {
      left.remove_prefix(1);
      const std::size_t end = std::min(left.find('&'), left.size());
      const std::string_view parameter = left.substr(0, end);
      const std::size_t equals = std::min(parameter.find('='), parameter.size());
      const std::string name = decoded(parameter.substr(0, equals));
      const std::string value = decoded(parameter.substr(std::min(equals + 1, parameter.size())));
      if (!take_own(name, value, place_, deadline_)) {
        if (parameter.find('@') != std::string_view::npos && !known_.contains(name)) {
          refuse_form();
        }
        require_known(name);
        rest += separator + std::string(parameter);
        separator = '&';
      }
      left.remove_prefix(end);
    }
    char* why = nullptr;
    const Options options(PQconninfoParse(rest.c_str(), &why));
    PQfreemem(why);  // it repeats the URL, password and all
    if (options == nullptr) {
      refuse_form();
    }
    for_each(options, [&](const PQconninfoOption& option) {
      if (option.val != nullptr) {
        place_.parameters[option.keyword] = option.val;
      }
    });
    if (given("port").find_first_not_of("0123456789,") != std::string::npos) {
      refuse_form();
    }
  }

  // As libpq reads it: a value with spaces stands in single quotes, and \ keeps what follows.
  void read_keywords(std::string_view text) {
    const auto skip_spaces = [&] {
      text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
    };
    for (skip_spaces(); !text.empty(); skip_spaces()) {
      const std::size_t end = text.find_first_of(" \t\n=");
      const std::string name(text.substr(0, end));
      text.remove_prefix(std::min(end, text.size()));
      skip_spaces();
      if (text.empty() || text.front() != '=') {
        refuse_form();
      }
      text.remove_prefix(1);
      skip_spaces();
      const std::string value = take_value(text);
      if (!take_own(name, value, place_, deadline_)) {
        if (place_.parameters.contains("password") && !known_.contains(name)) {
          refuse_form();  // it may be the rest of that
        }
        require_known(name);
        place_.parameters[name] = value;
      }
    }
  }

  void finish() {
    place_.deadline = deadline_.value_or(5s);
    if (const std::string& options = known_["options"];
        !options.empty() && !place_.parameters.contains("options")) {
      place_.parameters["options"] = options;
    }
    place_.name = on_one_line(name_with({}));
    const std::string user = given("user");
    place_.migrate_command =
        "crier --store " +
        for_shell(on_one_line(name_with(user.empty() ? "" : escaped(user, "%@:/?") + "@"))) +
        " migrate";
  }

 private:
  static std::string take_value(std::string_view& text) {
    const bool is_quoted = text.starts_with('\'');
    text.remove_prefix(is_quoted ? 1 : 0);
    std::string value;
    for (; !text.empty(); text.remove_prefix(1)) {
      if (is_quoted ? text.front() == '\'' : text.find_first_of(" \t\n") == 0) {
        break;
      }
      if (text.front() == '\\' && text.size() > 1) {
        text.remove_prefix(1);
      }
      value += text.front();
    }
    if (is_quoted) {
      if (text.empty()) {
        refuse_form();
      }
      text.remove_prefix(1);
    }
    return value;
  }

  void require_known(const std::string& name) const {
    if (!known_.contains(name) && name != "ssl") {
      refuse_url("the store URL has an unknown parameter '" + on_one_line(name) +
                 "': known are schema, deadline and those of libpq");
    }
  }

  std::string given(const std::string& keyword) {
    const auto found = place_.parameters.find(keyword);
    return found == place_.parameters.end() ? std::string() : found->second;
  }

  std::string given_or_default(const std::string& keyword) {
    const std::string value = given(keyword);
    return value.empty() ? known_[keyword] : value;
  }

  // Host, port, database and schema, or whatever stands for them; `user` before the host.
  std::string name_with(const std::string& user) {
    std::string host = given_or_default("host");
    host = host.empty() ? given_or_default("hostaddr") : host;
    const std::string port = given_or_default("port");
    std::string database = given_or_default("dbname");
    const std::string service = given("service");
    if (database.empty() && service.empty()) {
      database = given_or_default("user");
    }
    std::string name = "postgresql://" + user;
    std::string query;
    const auto add = [&](const std::string& key, const std::string& value) {
      query += (query.empty() ? "?" : "&") + key + "=" + escaped(value, "%&");
    };
    if (host.starts_with('/') || host.starts_with('@') ||
        (host + given("port")).find(',') != std::string::npos) {
      add("host", host);
      if (!given("port").empty()) {
        add("port", port);
      }
    } else {
      name += escaped(host.find(':') == std::string::npos ? host : "[" + host + "]", "%@/?") +
              (host.empty() || given("port").empty() ? "" : ":" + port);
    }
    if (!service.empty()) {
      add("service", service);
    }
    if (!place_.schema.empty()) {
      add("schema", place_.schema);
    }
    return name + "/" + escaped(database, "%?@") + query;
  }

  Place& place_;
  Parameters known_;
  std::optional<std::chrono::milliseconds> deadline_;
};

}  // namespace

Place place_of(std::string_view url) {
  if (url.find('\0') != std::string_view::npos) {
    refuse_form();
  }
  Place place;
  Reader reader(place);
  // Either form has the other's mark only later, if at all.
  if (url.find_first_of(":=") != std::string_view::npos && url[url.find_first_of(":=")] == ':') {
    reader.read_uri(url);
  } else {
    reader.read_keywords(url);
  }
  reader.finish();
  return place;
}

}  // namespace crier::postgres
