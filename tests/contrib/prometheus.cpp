// SPDX-License-Identifier: MIT
#include "contrib/prometheus.hpp"

#include "support/eventually.hpp"
#include "support/files.hpp"
#include "support/redis_server.hpp"

#include <nlohmann/json.hpp>

#include <cctype>
#include <cmath>
#include <fstream>
#include <stdexcept>

namespace crier::test {

namespace {

using Json = nlohmann::json;

std::string escaped(const std::string& text) {
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      out += c;
    } else {
      out.append("%").append(1, kDigits[byte / 16]).append(1, kDigits[byte % 16]);
    }
  }
  return out;
}

std::string configuration(const PageServer& server, const std::vector<std::string>& pages) {
  std::string text =
      "global: {scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms}\n"
      "rule_files: ['" +
      source_file("contrib/prometheus") + "/*.rules.yml']\nscrape_configs:\n";
  for (const std::string& page : pages) {
    text += "  - {job_name: '" + page.substr(1) + "', metrics_path: '" + page +
            "', static_configs: [{targets: ['127.0.0.1:" + std::to_string(server.port()) +
            "']}]}\n";
  }
  return text;
}

}  // namespace

Prometheus::Prometheus(const PageServer& server, const std::vector<std::string>& pages) {
  const std::string file = folder_ / "prometheus.yml";
  std::ofstream(file) << configuration(server, pages);
  constexpr int kMostTries = 5;  // somebody else may take the port
  for (int tries = 0; tries < kMostTries; ++tries) {
    port_ = RedisServer::free_port();
    process_ = std::make_unique<Child>(
        folder_.path(), "prometheus",
        std::vector<std::string>{"/usr/bin/env", "setpriv", "--pdeathsig", "KILL", "prometheus",
                                 "--config.file=" + file,
                                 "--storage.tsdb.path=" + (folder_ / "data").string(),
                                 "--web.listen-address=127.0.0.1:" + std::to_string(port_)});
    if (eventually([this] { return is_ready() || process_->has_ended(); }) && is_ready()) {
      return;
    }
  }
  throw std::runtime_error("Prometheus does not answer: " + text_of(process_->err()));
}

bool Prometheus::is_ready() {
  return !process_->has_ended() && fetch(port_, "/-/ready").find("is Ready") != std::string::npos;
}

std::size_t Prometheus::series(const std::string& expression) const {
  const Json answer = Json::parse(fetch(port_, "/api/v1/query?query=" + escaped(expression)));
  if (answer.at("status") != "success") {
    throw std::runtime_error(expression + ": " + answer.at("error").get<std::string>());
  }
  std::size_t count = 0;
  for (const Json& one : answer.at("data").at("result")) {
    if (std::isfinite(std::stod(one.at("value").at(1).get<std::string>()))) {
      ++count;
    }
  }
  return count;
}

bool Prometheus::gives_data(const std::string& expression) const {
  return eventually([&] { return series(expression) > 0; });
}

std::vector<Rule> Prometheus::rules() const {
  std::vector<Rule> rules;
  const Json answer = Json::parse(fetch(port_, "/api/v1/rules"));
  for (const Json& group : answer.at("data").at("groups")) {
    for (const Json& rule : group.at("rules")) {
      rules.push_back({rule.at("name"), rule.at("query")});
    }
  }
  return rules;
}

}  // namespace crier::test
