// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace crier {

// What a commit survives: see open_store().
enum class Durability { normal, full };

// A store's URL, taken apart: see open_store() for what it may look like.
struct StoreUrl {
  std::string scheme;  // "sqlite", also where the URL is a bare path
  std::string path;    // decoded
  std::optional<std::string> table;
  std::optional<std::chrono::milliseconds> deadline;
  std::optional<Durability> durability;

  std::string name;      // "sqlite:x.db", "sqlite:x.db?table=t": escapes as they were given
  std::string argument;  // what a person types after `--store` in a shell to mean the same database
};

// Looks at nothing but the text. Throws an invalid_argument Error where it is malformed; the
// message never repeats what may hold a password.
[[nodiscard]] StoreUrl parse_url(std::string_view url);

// Whether `url` names a PostgreSQL database: see open_store().
[[nodiscard]] bool names_postgres(std::string_view url);

// What URLs of every store have; their words are in base/url_text.hpp.

// Throws an invalid_argument Error: what opening a store by a wrong URL ends with.
[[noreturn]] void refuse_url(const std::string& message);
// Throws an invalid_argument Error where a store's deadline is of no sensible length.
void check_deadline(std::chrono::milliseconds deadline);
// What a person types in a shell for `word`.
[[nodiscard]] std::string for_shell(const std::string& word);

}  // namespace crier
