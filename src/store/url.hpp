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

// The parts that URLs of every store have.

// With the bytes for %XX.
[[nodiscard]] std::string decoded(std::string_view text);
// A part of a URL that means the same, and fits in a line of text: control characters as escapes.
[[nodiscard]] std::string on_one_line(std::string_view text);
// "200ms", "2s" or "1m"; throws an invalid_argument Error for anything else.
[[nodiscard]] std::chrono::milliseconds duration_of(std::string_view text);
// Throws an invalid_argument Error where a store's deadline is of no sensible length.
void check_deadline(std::chrono::milliseconds deadline);
// What a person types in a shell for `word`.
[[nodiscard]] std::string for_shell(const std::string& word);

}  // namespace crier
