// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

// What the URLs of every store have in common. See open_store() for what they may look like; none
// of this looks at anything but the text.
namespace crier {

// The scheme in lower case, without the colon; empty if `url` begins with none.
[[nodiscard]] std::string scheme_of(std::string_view url);
// Whether `url`, which may end in a query, names a file without a scheme, and can't be taken for
// anything else, such as another system's connection string.
[[nodiscard]] bool is_plain_path(std::string_view url);
// Throws an invalid_argument Error if it is none, and repeats nothing that may be secret.
void require_plain_path(std::string_view url);
// Whether `url` names a PostgreSQL database, by its scheme or by a first keyword of libpq's.
[[nodiscard]] bool names_postgres(std::string_view url);
// Throws an invalid_argument Error: what opening a store by a wrong URL ends with. `message` must
// not repeat what may hold a password.
[[noreturn]] void refuse_url(const std::string& message);
// Returns `deadline` if it is of a sensible length for a store; else throws an invalid_argument
// Error.
std::chrono::milliseconds checked_deadline(std::chrono::milliseconds deadline);

}  // namespace crier
