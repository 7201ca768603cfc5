// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/config.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

// How messages name a database: by what of its URL is no secret.
namespace crier::postgres {

// Between the words of connection strings, whatever system's they are: what follows one of these in
// a value that is shown may be a password.
inline constexpr std::string_view kBetweenWords = ";=&";

// Whether messages show the value of that parameter.
[[nodiscard]] inline bool is_shown(std::string_view name) {
  constexpr std::array<std::string_view, 7> kShown = {"host", "hostaddr", "port",  "dbname",
                                                      "user", "service",  "schema"};
  return std::ranges::find(kShown, name) != kShown.end();
}

// Host, port, database and schema, or whatever stands for them, with `user` before the host if it
// is not empty. A URL that means the same, on one line. `defaults` are libpq's.
[[nodiscard]] std::string shown_url(const StoreConfig& config, const Parameters& defaults,
                                    const std::string& user);

}  // namespace crier::postgres
