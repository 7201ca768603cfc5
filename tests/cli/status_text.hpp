// SPDX-License-Identifier: MIT
#pragma once

#include "cli/database.hpp"

#include <string>

namespace crier::test {

/// "sqlite:…/shop.db: 1 of 1 node is fresh\n"
[[nodiscard]] inline std::string first_line(const Database& database, const std::string& fresh) {
  return "sqlite:" + database.path() + ": " + fresh + "\n";
}

/// Whether a status exits 3 and names a problem of this code.
[[nodiscard]] inline bool has_problem(const Outcome& status, const std::string& code) {
  return status.code == 3 && status.out.find("\nproblem " + code + ": ") != std::string::npos;
}

}  // namespace crier::test
