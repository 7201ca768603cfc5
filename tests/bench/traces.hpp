// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace crier::bench {

// Which keys a program asked for, numbered in the order in which they first came.
struct Trace {
  std::string name;
  std::vector<std::uint32_t> keys;
  std::uint32_t distinct = 0;
};

// All below a folder whose form is known, by the names of the folders that they are in: those of
// the resources of Caffeine's simulator. The first `most` accesses of each.
[[nodiscard]] std::vector<Trace> read_traces(const std::filesystem::path& folder, std::size_t most);

}  // namespace crier::bench
