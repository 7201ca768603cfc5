// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string_view>

namespace crier::test {

/// A folder of its own for one test, removed afterwards; kept, and its path printed, where the
/// test fails.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace crier::test
