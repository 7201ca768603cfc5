// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

// One parameter of a URL's query.
struct QueryParameter {
  std::string name;            // decoded
  std::string value;           // decoded; empty if there is no '='
  std::string_view raw;        // name and value as the URL gives them
  std::string_view raw_value;  // as the URL gives it
};

// The parameters of `query`, which is empty or begins with '?', in order. "?" and "?a=b&" hold one
// without a name. The views point into `query`.
//
// Throws an invalid_argument Error if a name that stands in `once` comes twice: "the store URL
// gives table twice", if `url` is "the store URL". No other name is repeated: it may be a part of a
// password.
[[nodiscard]] std::vector<QueryParameter> parse_query(std::string_view query, std::string_view url,
                                                      std::initializer_list<std::string_view> once);

// For a parameter whose value messages show: throws an invalid_argument Error if it holds what
// parts the words of other systems' connection strings, and so perhaps a password.
void require_plain(const QueryParameter& parameter, std::string_view url);

}  // namespace crier
