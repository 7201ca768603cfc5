// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// Cuts names to a column, at a place at which they still differ: nodes of a cluster are often
// called alike but for a number, which may stand anywhere.
class NameCut {
 public:
  // The place is the middle, or the nearest to it that leaves most of `names` different.
  NameCut(std::vector<std::string> names, std::size_t columns);

  // `name` in at most so many columns: what is cut out is shown by "…".
  [[nodiscard]] std::string operator()(std::string_view name) const;

 private:
  std::size_t columns_;
  std::size_t front_ = 0;    // characters that stay before what is cut out of the middle
  std::size_t dropped_ = 0;  // characters cut off the end, which all share
};

}  // namespace crier::cli
