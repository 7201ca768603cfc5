// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace shop {

// The commands that look at the database `store`, to be copied into a shell.
[[nodiscard]] std::vector<std::string> look_around(const std::string& store);

}  // namespace shop
