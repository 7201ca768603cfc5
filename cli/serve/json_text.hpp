// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crier::cli {

// A JSON document over several lines, to be read by people, or its first `most` bytes. What is no
// JSON stays as it is, but for the breaks. The depth has no bound; what is deep is indented no
// further.
struct IndentedJson {
  std::string text;
  bool is_cut = false;  // there is more
};
[[nodiscard]] IndentedJson indented_json(std::string_view json, std::size_t most);

}  // namespace crier::cli
