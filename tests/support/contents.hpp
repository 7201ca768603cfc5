// SPDX-License-Identifier: MIT
#pragma once

#include "support/files.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace crier::test {

/// All bytes of the file; none where there is no such file.
[[nodiscard]] inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator(file), {}};
}

/// The table as Umbraco makes it in SQLite.
[[nodiscard]] inline std::string umbraco_ddl() {
  return contents(source_file("tests/data/umbraco-instruction-table.sql"));
}

}  // namespace crier::test
