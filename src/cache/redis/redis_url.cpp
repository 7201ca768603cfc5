// SPDX-License-Identifier: MIT
#include "cache/redis/redis_url.hpp"

#include <crier/error.hpp>

#include "base/query.hpp"
#include "base/url_text.hpp"
#include "base/utf8.hpp"
#include "cache/redis/hash_tag.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace crier::redis {
namespace {

using namespace std::chrono_literals;

constexpr int kSentinelPort = 26'379;

struct Scheme {
  std::string_view text;
  Url::Kind kind;
  bool tls;
  bool of_socket = false;
};
constexpr std::array kSchemes{
    Scheme{"redis://", Url::Kind::server, false},
    Scheme{"rediss://", Url::Kind::server, true},
    Scheme{"redis+unix://", Url::Kind::server, false, true},
    Scheme{"redis+sentinel://", Url::Kind::sentinel, false},
    Scheme{"rediss+sentinel://", Url::Kind::sentinel, true},
    Scheme{"redis+cluster://", Url::Kind::cluster, false},
    Scheme{"rediss+cluster://", Url::Kind::cluster, true},
};

[[noreturn]] void refuse(const std::string& message) {
  throw Error("open", "the Redis URL" + message, Error::Kind::invalid_argument);
}

const Scheme& take_scheme(std::string_view& text) {
  for (const Scheme& scheme : kSchemes) {
    if (text.starts_with(scheme.text)) {
      text.remove_prefix(scheme.text.size());
      return scheme;
    }
  }
  refuse(
      " begins with none of redis://HOST, rediss://HOST (TLS), redis+unix:///PATH, "
      "redis+sentinel://HOST,HOST/MASTER and redis+cluster://HOST,HOST");
}

int number_of(std::string_view what, std::string_view text, int least, int most) {
  int number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size() || number < least ||
      number > most) {
    refuse("'s " + std::string(what) + " is not a number from " + std::to_string(least) + " to " +
           std::to_string(most));
  }
  return number;
}

int database_of(std::string_view text) { return number_of("database", text, 0, 1'000'000); }

// Takes what stands before `mark` off the front, and the mark; all of it if there is none.
std::string_view take(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

Credentials read_credentials(std::string_view text) {
  Credentials credentials;
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    credentials.user = decoded(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  credentials.password = decoded(text);
  if (credentials.password.empty()) {
    refuse(" names a user without a password: write redis://USER:PASSWORD@HOST");
  }
  return credentials;
}

// [::1]:6379, cache:6379, cache. What is shown of it must be no more than that.
Address read_address(std::string_view text, int usual_port) {
  if (text.find_first_of(",;=& ") != std::string_view::npos) {
    refuse(
        "'s address holds more than a host and a port: write "
        "redis://[USER]:PASSWORD@HOST[:PORT]");
  }
  Address address{.host = {}, .port = usual_port};
  std::string_view port;
  if (text.starts_with('[')) {
    text.remove_prefix(1);
    const bool closed = text.find(']') != std::string_view::npos;
    address.host = take(text, ']');
    port = text;
    if (!closed || (!port.empty() && !port.starts_with(':'))) {
      refuse("'s address is not [HOST]:PORT");
    }
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    address.host = decoded(text.substr(0, colon));
    port = text.substr(colon);
  }
  if (address.host.empty() || address.host.find('\0') != std::string::npos) {
    refuse(" names no host: write redis://HOST[:PORT]");
  }
  if (!port.empty()) {
    address.port = number_of("port", port.substr(1), 1, 65'535);
  }
  return address;
}

void read_socket(std::string_view place, Url& url) {
  Address address{.host = {}, .port = 0, .socket = decoded(place)};
  if (!address.socket.starts_with('/') || address.socket.find('\0') != std::string::npos) {
    refuse(" names no socket: write redis+unix:///PATH");
  }
  if (place.find_first_of(";=") != std::string_view::npos) {
    refuse("'s path holds ';' or '=': write %3B and %3D if these are meant");
  }
  url.name += on_one_line(place);
  url.addresses.push_back(std::move(address));
}

void read_hosts(std::string_view hosts, Url& url) {
  const int usual_port = url.kind == Url::Kind::sentinel ? kSentinelPort : Address().port;
  do {
    const std::string_view one = url.kind == Url::Kind::server ? hosts : take(hosts, ',');
    url.addresses.push_back(read_address(one, usual_port));
    url.name += (url.addresses.size() == 1 ? "" : ",") + url.addresses.back().text();
  } while (url.kind != Url::Kind::server && !hosts.empty());
}

void read_place(std::string_view place, Url& url) {
  if (const std::size_t at = place.rfind('@'); at != std::string_view::npos) {
    url.credentials = read_credentials(place.substr(0, at));
    place.remove_prefix(at + 1);
  }
  read_hosts(take(place, '/'), url);
  if (url.kind == Url::Kind::sentinel) {
    const std::string_view master = take(place, '/');
    url.master = decoded(master);
    if (url.master.empty() || master.find_first_of(",;=& ") != std::string_view::npos) {
      refuse(" names no master: write redis+sentinel://HOST,HOST/MASTER[/DATABASE]");
    }
    url.name += '/' + on_one_line(master);
  }
  url.database = place.empty() ? 0 : database_of(place);
  if (url.database != 0) {
    if (url.kind == Url::Kind::cluster) {
      refuse("'s database is not 0, and a Redis Cluster has no other");
    }
    url.name += '/' + std::to_string(url.database);
  }
}

TlsSettings::Verify verify_of(std::string_view text) {
  if (text == "full") {
    return TlsSettings::Verify::full;
  }
  if (text == "ca") {
    return TlsSettings::Verify::ca;
  }
  if (text != "none") {
    refuse("'s verify is none of full, ca and none");
  }
  return TlsSettings::Verify::none;
}

void read_parameter(const QueryParameter& parameter, bool of_socket, Url& url) {
  const std::string& name = parameter.name;
  if (name == "prefix") {
    require_plain(parameter, "the Redis URL");
    url.prefix = parameter.value;
    if (!is_utf8(url.prefix)) {
      refuse("'s prefix is not UTF-8");
    }
    url.name += "?prefix=" + on_one_line(parameter.raw_value);
  } else if (name == "deadline") {
    url.deadline = duration_in_url(parameter.value);
    if (url.deadline < 1ms || url.deadline > 24h) {
      refuse("'s deadline must be between 1ms and 1440m");
    }
  } else if (name == "database" && of_socket) {
    url.database = database_of(parameter.value);
  } else if (name == "ca" && url.tls) {
    url.tls_settings.ca = parameter.value;
  } else if (name == "cert" && url.tls) {
    url.tls_settings.cert = parameter.value;
  } else if (name == "key" && url.tls) {
    url.tls_settings.key = parameter.value;
  } else if (name == "verify" && url.tls) {
    url.tls_settings.verify = verify_of(parameter.value);
  } else if (name == "sentinel_user" && url.kind == Url::Kind::sentinel) {
    url.sentinel.user = parameter.value;
  } else if (name == "sentinel_password" && url.kind == Url::Kind::sentinel) {
    url.sentinel.password = parameter.value;
  } else {
    // Its name, too, may be a part of a password that was not escaped.
    refuse(
        " has an unknown parameter: known are prefix and deadline; for a socket, database; with "
        "TLS, ca, cert, key and verify; for Sentinel, sentinel_user and sentinel_password");
  }
}

void check_whole(const Url& url) {
  if (url.tls_settings.cert.empty() != url.tls_settings.key.empty()) {
    refuse(" gives one of cert and key: each needs the other");
  }
  if (url.sentinel.password.empty() && !url.sentinel.user.empty()) {
    refuse(" gives sentinel_user without sentinel_password");
  }
  if (url.kind == Url::Kind::cluster && !has_hash_tag(url.prefix)) {
    refuse(
        "'s prefix has no hash tag, which a Redis Cluster needs to keep a cache together: write "
        "?prefix={shop}:");
  }
}

}  // namespace

std::string Address::text() const {
  if (host.empty()) {
    return on_one_line(socket);
  }
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" : "") + on_one_line(host) + (is_v6 ? "]:" : ":") + std::to_string(port);
}

Url parse_url(std::string_view text) {
  const Scheme& scheme = take_scheme(text);
  Url url;
  url.kind = scheme.kind;
  url.tls = scheme.tls;
  url.name = scheme.text;
  const std::size_t end = std::min(text.find('?'), text.size());
  const std::string_view place = text.substr(0, end);
  if (scheme.of_socket) {
    read_socket(place, url);
  } else {
    read_place(place, url);
  }
  for (const QueryParameter& parameter :
       parse_query(text.substr(end), "the Redis URL",
                   {"prefix", "deadline", "database", "ca", "cert", "key", "verify",
                    "sentinel_user", "sentinel_password"})) {
    read_parameter(parameter, scheme.of_socket, url);
  }
  check_whole(url);
  return url;
}

}  // namespace crier::redis
