// SPDX-License-Identifier: MIT
#include "store/postgres/shown_url.hpp"

#include "base/url_text.hpp"

namespace crier::postgres {

std::string shown_url(const StoreConfig& config, const Parameters& defaults,
                      const std::string& user) {
  const auto value_in = [](const Parameters& parameters, const std::string& keyword) {
    const auto found = parameters.find(keyword);
    return found == parameters.end() ? std::string() : found->second;
  };
  const auto given = [&](const std::string& keyword) {
    return value_in(config.parameters, keyword);
  };
  const auto given_or_default = [&](const std::string& keyword) {
    const std::string value = given(keyword);
    return value.empty() ? value_in(defaults, keyword) : value;
  };
  std::string host = given_or_default("host");
  host = host.empty() ? given_or_default("hostaddr") : host;
  const std::string port = given_or_default("port");
  std::string database = given_or_default("dbname");
  const std::string service = given("service");
  if (database.empty() && service.empty()) {
    database = given_or_default("user");
  }
  std::string url = "postgresql://" + (user.empty() ? "" : escaped(user, "%@:/?;=&") + "@");
  std::string query;
  const auto add = [&](const std::string& key, const std::string& value) {
    query += (query.empty() ? "?" : "&") + key + "=" + escaped(value, "%&;=");
  };
  if (host.starts_with('/') || host.starts_with('@') ||
      (host + given("port")).find(',') != std::string::npos) {
    add("host", host);
    if (!given("port").empty()) {
      add("port", port);
    }
  } else {
    url += escaped(host.find(':') == std::string::npos ? host : "[" + host + "]", "%@/?;=&") +
           (host.empty() || given("port").empty() ? "" : ":" + port);
  }
  if (!service.empty()) {
    add("service", service);
  }
  if (!config.schema.empty()) {
    add("schema", config.schema);
  }
  if (config.pooled) {
    add("pool", "transaction");
  }
  return on_one_line(url + "/" + escaped(database, "%?@;=&") + query);
}

}  // namespace crier::postgres
