// SPDX-License-Identifier: MIT
#include "base/query.hpp"

#include <crier/error.hpp>

#include "base/url_text.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace crier {
namespace {

QueryParameter parameter_of(std::string_view raw) {
  const std::size_t equals = std::min(raw.find('='), raw.size());
  const std::string_view raw_value = raw.substr(std::min(equals + 1, raw.size()));
  return {decoded(raw.substr(0, equals)), decoded(raw_value), raw, raw_value};
}

}  // namespace

std::vector<QueryParameter> parse_query(std::string_view query, std::string_view url,
                                        std::initializer_list<std::string_view> once) {
  std::vector<QueryParameter> parameters;
  while (!query.empty()) {
    query.remove_prefix(1);  // ? or &
    const std::size_t end = std::min(query.find('&'), query.size());
    QueryParameter next = parameter_of(query.substr(0, end));
    if (std::ranges::find(once, next.name) != once.end() &&
        std::ranges::find(parameters, next.name, &QueryParameter::name) != parameters.end()) {
      throw Error("open", std::string(url) + " gives " + next.name + " twice",
                  Error::Kind::invalid_argument);
    }
    parameters.push_back(std::move(next));
    query.remove_prefix(end);
  }
  return parameters;
}

void require_plain(const QueryParameter& parameter, std::string_view url) {
  if (parameter.raw_value.find('=') != std::string_view::npos) {
    throw Error("open",
                std::string(url) + "'s " + parameter.name +
                    " holds '=': write %3D if it is meant, and '&' between parameters",
                Error::Kind::invalid_argument);
  }
}

}  // namespace crier
