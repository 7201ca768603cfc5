// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/place.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace crier::postgres {

// What the text of a URL, or of libpq's keyword form, says. `deadline` is for who gives none; it is
// not judged here. Throws an invalid_argument Error where the text is malformed; the message never
// repeats what may hold a password.
[[nodiscard]] Place place_of(std::string_view url);

}  // namespace crier::postgres
