// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crier::cli {

// Puts a file with this text at `path`, in one step: who reads it meanwhile gets all of the old one
// or all of the new one. Throws crier::Error, and then leaves what was there; also if that is a
// link, a pipe or a device, which would be gone.
void replace_file(const std::string& path, std::string_view text);

}  // namespace crier::cli
