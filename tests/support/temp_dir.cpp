// SPDX-License-Identifier: MIT
#include "support/temp_dir.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

namespace crier::test {

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "crier-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("no temporary folder at " + pattern);
  }
  path_ = pattern;
}

TempDir::~TempDir() {
  if (std::uncaught_exceptions() > 0) {
    std::cerr << "kept for a look: " << path_ << '\n';
    return;
  }
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace crier::test
