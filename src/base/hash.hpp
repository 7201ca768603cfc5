// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace crier {

inline constexpr std::uint64_t kFnvOffset = 14695981039346656037ULL;

// FNV-1a: what is stored and compared across processes must not depend on std::hash.
[[nodiscard]] constexpr std::uint64_t fnv1a64(std::string_view bytes,
                                              std::uint64_t seed = kFnvOffset) noexcept {
  for (const char c : bytes) {
    seed = (seed ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  return seed;
}

}  // namespace crier
