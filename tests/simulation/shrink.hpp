// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

namespace crier::test {

// Takes parts out of `steps` for as long as `fails` holds for what is left: halves first, then ever
// smaller parts, down to single steps (delta debugging). REQUIRES: fails(steps).
template <class Step>
std::vector<Step> shrink(std::vector<Step> steps,
                         const std::function<bool(const std::vector<Step>&)>& fails) {
  std::size_t part = std::max<std::size_t>(steps.size() / 2, 1);
  while (!steps.empty()) {
    bool shorter = false;
    for (std::size_t begin = 0; begin < steps.size();) {
      const std::size_t end = std::min(begin + part, steps.size());
      std::vector<Step> rest(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(begin));
      rest.insert(rest.end(), steps.begin() + static_cast<std::ptrdiff_t>(end), steps.end());
      if (fails(rest)) {
        steps = std::move(rest);
        shorter = true;
      } else {
        begin = end;
      }
    }
    if (!shorter && part == 1) {
      break;
    }
    part = shorter ? part : (part + 1) / 2;
    part = std::min(part, std::max<std::size_t>(steps.size(), 1));
  }
  return steps;
}

}  // namespace crier::test
