// SPDX-License-Identifier: MIT
#pragma once

#include "base/utf8.hpp"

#include <string>

namespace crier::test {

/// Whether nothing in `text` acts on a terminal, and no line is a half one.
inline bool fits_a_terminal(const std::string& text) {
  char before = '\n';
  for (const char c : text) {
    if (c != '\n' && is_control(before, c)) {
      return false;
    }
    before = c;
  }
  return before == '\n';
}

}  // namespace crier::test
