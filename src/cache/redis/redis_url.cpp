// SPDX-License-Identifier: MIT
#include "cache/redis/redis_url.hpp"

#include <crier/error.hpp>

#include "base/query.hpp"
#include "base/url_text.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace crier::redis {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kTcp = "redis://";
constexpr std::string_view kUnix = "redis+unix://";

[[noreturn]] void refuse(const std::string& message) {
  throw Error("open", message, Error::Kind::invalid_argument);
}

int number_of(std::string_view what, std::string_view text, int least, int most) {
  int number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size() || number < least ||
      number > most) {
    refuse("the Redis URL's " + std::string(what) + " is not a number from " +
           std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

int database_of(std::string_view text) { return number_of("database", text, 0, 1'000'000); }

// Takes what stands before `mark` off the front, and the mark; all of it where there is none.
std::string_view take(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

void read_credentials(std::string_view text, Url& url) {
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    url.user = decoded(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  url.password = decoded(text);
  if (url.password.empty()) {
    refuse("the Redis URL names a user without a password: write redis://USER:PASSWORD@HOST");
  }
}

// [::1]:6379, cache:6379, cache
void read_address(std::string_view text, Url& url) {
  std::string_view port;
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    const bool closed = text.find(']') != std::string_view::npos;
    url.host = take(text, ']');
    port = text;
    if (!closed || (!port.empty() && !port.starts_with(':'))) {
      refuse("the Redis URL's address is not [HOST]:PORT");
    }
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    url.host = decoded(text.substr(0, colon));
    port = text.substr(colon);
  }
  if (url.host.empty() || url.host.find('\0') != std::string::npos) {
    refuse("the Redis URL names no host: write redis://HOST[:PORT]");
  }
  if (!port.empty()) {
    url.port = number_of("port", port.substr(1), 1, 65'535);
  }
}

void read_parameter(const QueryParameter& parameter, bool of_socket, Url& url) {
  if (parameter.name == "prefix") {
    url.prefix = parameter.value;
    if (!is_utf8(url.prefix)) {
      refuse("the Redis URL's prefix is not UTF-8");
    }
    url.name += "?prefix=" + on_one_line(parameter.raw_value);
  } else if (parameter.name == "deadline") {
    url.deadline = duration_in_url(parameter.value);
    if (url.deadline < 1ms || url.deadline > 24h) {
      refuse("the Redis URL's deadline must be between 1ms and 1440m");
    }
  } else if (parameter.name == "database" && of_socket) {
    url.database = database_of(parameter.value);
  } else {
    // Its name, too, may be a part of a password that was not escaped.
    refuse(
        "the Redis URL has an unknown parameter: known are prefix, deadline and, for a socket, "
        "database");
  }
}

}  // namespace

Url parse_url(std::string_view text) {
  Url url;
  const bool of_socket = text.starts_with(kUnix);
  if (!of_socket && !text.starts_with(kTcp)) {
    refuse("a URL of Redis is redis://HOST[:PORT][/DATABASE] or redis+unix:///PATH");
  }
  text.remove_prefix(of_socket ? kUnix.size() : kTcp.size());
  const std::size_t end = std::min(text.find('?'), text.size());
  std::string_view place = text.substr(0, end);
  if (const std::size_t at = place.rfind('@'); !of_socket && at != std::string_view::npos) {
    read_credentials(place.substr(0, at), url);
    place.remove_prefix(at + 1);
  }
  if (of_socket) {
    url.socket = decoded(place);
    if (!url.socket.starts_with('/') || url.socket.find('\0') != std::string::npos) {
      refuse("the Redis URL names no socket: write redis+unix:///PATH");
    }
    url.name = std::string(kUnix) + on_one_line(place);
  } else {
    read_address(take(place, '/'), url);
    url.database = place.empty() ? 0 : database_of(place);
    const bool is_v6 = url.host.find(':') != std::string::npos;
    url.name = std::string(kTcp) + (is_v6 ? "[" : "") + on_one_line(url.host) + (is_v6 ? "]" : "") +
               ":" + std::to_string(url.port) +
               (url.database == 0 ? "" : "/" + std::to_string(url.database));
  }
  for (const QueryParameter& parameter :
       parse_query(text.substr(end), "the Redis URL", {"prefix", "deadline", "database"})) {
    read_parameter(parameter, of_socket, url);
  }
  return url;
}

}  // namespace crier::redis
