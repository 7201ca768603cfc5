// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/store_config.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace crier::sqlite {

// What a commit survives: see open_store().
enum class Durability : std::uint8_t { normal, full };

// A SQLite store. `database` is the path, decoded.
struct StoreConfig : sql::StoreConfig {
  std::string name;  // "sqlite:x.db", "sqlite:x.db?table=t": escapes as they were given
  Durability durability = Durability::normal;
  bool ring = true;  // entries are handed over with a ring
};

// Takes the URL of a SQLite store, or a path, apart: see open_store(). Looks at nothing but the
// text. Throws an invalid_argument Error if it is malformed.
[[nodiscard]] StoreConfig parse_sqlite_url(std::string_view url);

}  // namespace crier::sqlite
