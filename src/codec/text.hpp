// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

// Appends "[1,2]".
void append_ids(std::string& out, std::span<const std::int64_t> ids);

// Reads a JSON array of integers onto the end of `ids`. False where the text is anything else, or a
// number does not fit.
[[nodiscard]] bool parse_ids(std::string_view text, std::vector<std::int64_t>& ids);

}  // namespace crier
