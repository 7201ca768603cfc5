// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>

#include <string_view>

namespace crier {

/// The version of the library that is linked, as in "0.2.0". Static text.
[[nodiscard]] CRIER_EXPORT std::string_view version() noexcept;

}  // namespace crier
