// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crier::cli {

// Puts a file with this text at `path`, in one step: who reads it meanwhile gets all of the old one
// or all of the new one. Throws crier::Error, and then leaves what was there.
void replace_file(const std::string& path, std::string_view text);

}  // namespace crier::cli
