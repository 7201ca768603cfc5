// SPDX-License-Identifier: MIT
#pragma once

#include "soak/words.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace crier::soak {

struct Settings {
  std::chrono::milliseconds duration = std::chrono::minutes(10);
  std::size_t nodes = 8;
  std::size_t writers = 4;
  std::chrono::milliseconds kill_every = std::chrono::seconds(1);  // 0: never
  std::uint64_t seed = 0;
  std::filesystem::path dir;  // a new one
  bool faults = true;
  bool restores = true;   // of the database, as it was before; then no node's caches outlive it
  bool postgres = false;  // on a server of its own, which is hurt, too
  std::string sabotage;
};

// What the command line says, and where it says nothing the above, with a seed by chance. Throws
// UsageError.
[[nodiscard]] Settings settings_of(const Words& words);

}  // namespace crier::soak
