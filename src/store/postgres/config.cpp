// SPDX-License-Identifier: MIT
#include "store/postgres/config.hpp"

#include <crier/error.hpp>

#include "base/ascii.hpp"
#include "base/query.hpp"
#include "base/quoting.hpp"
#include "base/url_text.hpp"
#include "store/postgres/listen_address.hpp"
#include "store/postgres/shown_url.hpp"
#include "store/url.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <libpq-fe.h>
#include <memory>
#include <optional>
#include <string>

namespace crier::postgres {
namespace {

constexpr std::string_view kSpaces = " \t\n\r\v\f";  // libpq's
constexpr std::size_t kLongestName = 63;             // PostgreSQL cuts off what is longer

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

// Takes one parameter that is crier's own; false if it is not.
bool take_own(const std::string& name, const std::string& value, StoreConfig& config,
              std::optional<std::chrono::milliseconds>& deadline) {
  if (name == "schema") {
    if (!config.schema.empty()) {
      refuse_url("the store URL gives schema twice");
    }
    if (value.empty() || value.size() > kLongestName || value.find('\0') != std::string::npos) {
      refuse_url("the store URL's schema must have a name of 1 to 63 bytes without NUL");
    }
    config.schema = value;
    return true;
  }
  if (name == "deadline") {
    if (deadline) {
      refuse_url("the store URL gives deadline twice");
    }
    deadline = duration_in_url(value);
    return true;
  }
  if (name == "pool") {
    if (value != "transaction" && value != "session") {
      refuse_url("the store URL's pool" + shown_value(value) +
                 " is not known: write transaction or session");
    }
    config.pooled = value == "transaction";
    return true;
  }
  if (name == "app" || name == "table" || name == "durability") {
    refuse_url(
        "a PostgreSQL store has no parameter '" + name + "': " +
        (name == "app" ? "give each application a schema of its own, with schema"
         : name == "table"
             ? "a table that another program writes gives its ids before it commits, so entries "
               "would be lost; keep several logs apart with schema"
             : "what survives is the server's synchronous_commit"));
  }
  return false;
}

class Reader {
 public:
  explicit Reader(StoreConfig& config) : config_(config), known_(defaults()) {}

  void read_uri(std::string_view url) {
    const std::size_t query = std::min(url.find('?'), url.size());
    const std::size_t colon = std::min(url.find(':'), query);
    std::string rest = in_lower_case(url.substr(0, colon));
    rest += url.substr(colon, query - colon);
    if (!rest.starts_with("postgres://") && !rest.starts_with("postgresql://")) {
      refuse_form();
    }
    // A password that holds what has a meaning here would become part of what messages name.
    const std::size_t authority = rest.find("://") + 3;
    if (rest.find('@', std::min(rest.find_first_of("@/", authority), rest.size() - 1) + 1) !=
        std::string::npos) {
      refuse_form();
    }
    const std::size_t at = rest.find('@', authority);
    const std::size_t shown = at == std::string::npos ? authority : at;
    const std::string_view user = std::string_view(rest).substr(
        authority, std::min(rest.find(':', authority), shown) - authority);
    if (rest.find_first_of(kBetweenWords, shown) != std::string::npos ||
        user.find_first_of(kBetweenWords) != std::string_view::npos) {
      refuse_form();
    }
    char separator = '?';
    for (const QueryParameter& parameter : parse_query(url.substr(query), "the store URL", {})) {
      if (is_shown(parameter.name)) {
        require_plain(parameter, "the store URL");
      }
      if (take_listen(parameter.name, parameter.value) ||
          take_own(parameter.name, parameter.value, config_, deadline_)) {
        continue;
      }
      if (parameter.raw.find('@') != std::string_view::npos && !known_.contains(parameter.name)) {
        refuse_form();
      }
      require_known(parameter.name);
      rest += separator + std::string(parameter.raw);
      separator = '&';
    }
    take_libpqs(rest);
  }

  // libpq's keyword form. Only crier's own words are taken out of it: libpq reads the rest.
  void read_keywords(std::string_view text) {
    const auto skip_spaces = [&] {
      text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
    };
    std::string rest;
    for (skip_spaces(); !text.empty(); skip_spaces()) {
      const std::size_t end = std::min(text.find_first_of(" \t\n\r\v\f="), text.size());
      const std::string name(text.substr(0, end));
      text.remove_prefix(end);
      skip_spaces();
      if (text.empty() || text.front() != '=') {
        refuse_form();
      }
      text.remove_prefix(1);
      skip_spaces();
      const std::string_view value = take_value(text);
      const std::string written = "=" + std::string(value);
      // Nor does a URL belong there, nor what has a user before the host.
      if (is_shown(name) && (value.find_first_of(kBetweenWords) != std::string_view::npos ||
                             (name != "user" && value.find('@', 1) != std::string_view::npos))) {
        refuse_form();
      }
      if (!take_listen(name, name == "listen" ? value_in(written) : "") &&
          !take_own(name, value_in(written), config_, deadline_)) {
        require_known(name);
        rest += (rest.empty() ? "" : " ") + name + written;
      }
    }
    take_libpqs(rest);
  }

  void finish() {
    if (given("port").find_first_not_of("0123456789,") != std::string::npos) {
      refuse_form();
    }
    config_.deadline = checked_deadline(deadline_.value_or(config_.deadline));
    if (const std::string& options = known_["options"];
        !options.empty() && !config_.parameters.contains("options")) {
      config_.parameters["options"] = options;
    }
    if (listen_) {
      config_.listen = listen_parameters(*listen_, config_.parameters);
    }
    config_.database = shown_url(config_, known_, "");
    StoreConfig to_migrate = config_;  // which takes no wake-up
    to_migrate.pooled = config_.pooled || listen_;
    config_.migrate_command =
        "crier --store " + shell_word(shown_url(to_migrate, known_, given("user"))) + " migrate";
  }

 private:
  bool take_listen(const std::string& name, const std::string& value) {
    if (name != "listen") {
      return false;
    }
    if (listen_) {
      refuse_url("the store URL gives listen twice");
    }
    listen_ = value;
    return true;
  }

  // Takes a value off the text as it is written there: in single quotes if it has spaces, and with
  // \ before what has a meaning.
  static std::string_view take_value(std::string_view& text) {
    const bool is_quoted = text.starts_with('\'');
    std::size_t end = is_quoted ? 1U : 0U;
    while (end < text.size() &&
           (is_quoted ? text[end] != '\'' : kSpaces.find(text[end]) == std::string_view::npos)) {
      end += text[end] == '\\' ? 2U : 1U;
    }
    if (is_quoted && end >= text.size()) {
      refuse_form();
    }
    end = std::min(end + (is_quoted ? 1U : 0U), text.size());
    const std::string_view value = text.substr(0, end);
    text.remove_prefix(end);
    return value;
  }

  static Options parsed(const std::string& text) {
    char* why = nullptr;
    Options options(PQconninfoParse(text.c_str(), &why));
    PQfreemem(why);  // it repeats the text, password and all
    if (options == nullptr) {
      refuse_form();
    }
    return options;
  }

  // What libpq makes of "=value".
  static std::string value_in(const std::string& written) {
    std::string value;
    for_each(parsed("dbname" + written), [&](const PQconninfoOption& option) {
      if (std::string_view(option.keyword) == "dbname" && option.val != nullptr) {
        value = option.val;
      }
    });
    return value;
  }

  void take_libpqs(const std::string& text) {
    for_each(parsed(text), [&](const PQconninfoOption& option) {
      if (option.val != nullptr) {
        config_.parameters[option.keyword] = option.val;
      }
    });
  }

  // Of libpq's parameters the next one.
  void require_known(const std::string& name) {
    if (!known_.contains(name) && name != "ssl") {
      if (has_password_) {
        refuse_form();  // it may be the rest of that
      }
      refuse_url("the store URL has an unknown parameter" + shown_value(name) +
                 ": known are schema, deadline, pool, listen and those of libpq");
    }
    has_password_ = has_password_ || name.ends_with("password");
  }

  [[nodiscard]] std::string given(const std::string& keyword) const {
    const auto found = config_.parameters.find(keyword);
    return found == config_.parameters.end() ? std::string() : found->second;
  }

  StoreConfig& config_;
  Parameters known_;
  bool has_password_ = false;  // so far
  std::optional<std::chrono::milliseconds> deadline_;
  std::optional<std::string> listen_;
};

}  // namespace

StoreConfig parse_postgres_url(std::string_view url) {
  if (url.find('\0') != std::string_view::npos) {
    refuse_form();
  }
  StoreConfig config;
  Reader reader(config);
  // Either form has the other's mark only later, if at all.
  if (url.find_first_of(":=") != std::string_view::npos && url[url.find_first_of(":=")] == ':') {
    reader.read_uri(url);
  } else {
    reader.read_keywords(url);
  }
  reader.finish();
  return config;
}

}  // namespace crier::postgres
