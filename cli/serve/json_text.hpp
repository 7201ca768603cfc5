// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crier::cli {

// A JSON document over several lines, to be read by people. What is no JSON stays as it is, but for
// the breaks. The depth has no bound; what is deep is indented no further.
[[nodiscard]] std::string indented_json(std::string_view json);

}  // namespace crier::cli
