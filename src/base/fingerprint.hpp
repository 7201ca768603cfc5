// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <cstdint>
#include <string_view>

namespace crier {

// The JSON is left out on purpose: a poll reads the anchor's row each time, and that row may be
// megabytes long. Stamp and origin (which bears the incarnation) already differ between any two
// rows that were ever given the same id.
[[nodiscard]] Fingerprint fingerprint_of(std::string_view utc_stamp, std::string_view originated,
                                         std::int64_t instruction_count) noexcept;

}  // namespace crier
