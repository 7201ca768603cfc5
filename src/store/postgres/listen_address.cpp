// SPDX-License-Identifier: MIT
#include "store/postgres/listen_address.hpp"

#include <crier/error.hpp>

#include "store/postgres/config.hpp"
#include "store/url.hpp"

#include <algorithm>
#include <cstddef>

namespace crier::postgres {
namespace {

[[noreturn]] void refuse_listen(const std::string& why = {}) {
  refuse_url(
      "the store URL's listen is no address: write HOST, HOST:PORT, the folder of a socket, "
      "or postgresql://HOST:PORT/DATABASE, with %XX for & and %" +
      (why.empty() ? "" : " (" + why + ")"));
}

Parameters of_url(const std::string& url) {
  StoreConfig config;
  try {
    config = parse_postgres_url(url);
  } catch (const Error& error) {
    refuse_listen(error.what());
  }
  if (!config.schema.empty() || config.pooled || !config.listen.empty() ||
      config.deadline != StoreConfig().deadline) {
    refuse_listen("schema, deadline, pool and listen are the store's own");
  }
  return config.parameters;
}

// Of HOST:PORT, in which HOST may be in brackets.
Parameters of_host(const std::string& text) {
  const std::size_t end = text.starts_with('[') ? text.find(']') : std::string::npos;
  const std::size_t colon = text.find(':', end == std::string::npos ? 0 : end);
  std::string host = text.substr(0, colon);
  const std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (end != std::string::npos) {
    if (host.size() != end + 1) {
      refuse_listen();
    }
    host = host.substr(1, end - 1);
  }
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (host.empty() || (colon != std::string::npos && port.empty()) ||
      !std::ranges::all_of(port, is_digit)) {
    refuse_listen();
  }
  Parameters parameters{{"host", host}};
  if (!port.empty()) {
    parameters["port"] = port;
  }
  return parameters;
}

}  // namespace

Parameters listen_parameters(const std::string& listen, const Parameters& others) {
  constexpr std::string_view kInNoHost = " \t\n\r,;=&@?%'\"\\";
  Parameters own;
  if (listen.find("://") != std::string::npos) {
    own = of_url(listen);
  } else if (listen.find_first_of(kInNoHost) != std::string::npos ||
             listen.find('\0') != std::string::npos) {
    refuse_listen();
  } else {
    own = listen.starts_with('/') ? Parameters{{"host", listen}} : of_host(listen);
  }
  Parameters all = others;
  for (const char* place : {"host", "hostaddr", "port"}) {
    all.erase(place);
  }
  for (const auto& [name, value] : own) {
    all[name] = value;
  }
  return all;
}

}  // namespace crier::postgres
