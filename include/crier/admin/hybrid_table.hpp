// SPDX-License-Identifier: MIT
#pragma once

// The records of hybrid caches as a Connection has them: the seam below SharedHalf. One thread at a
// time; each call ends by the store's deadline and throws crier::Error.

#include <crier/entry.hpp>
#include <crier/shared_half.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// What each function does is said at SharedHalf.
class HybridTable {
 public:
  virtual ~HybridTable() = default;
  /// With an empty `key` there is no value.
  virtual SharedHalf::Read read(std::string_view cache, std::string_view key,
                                std::span<const std::uint64_t> marks) = 0;
  virtual std::vector<SharedHalf::Read> read_many(std::string_view cache,
                                                  std::span<const SharedHalf::Ask> asks) = 0;
  virtual SharedHalf::Written write(const SharedHalf::Write& write) = 0;
  virtual SharedHalf::Swept sweep(std::string_view cache, const std::string& place) = 0;
  /// A random number that was made with the tables. 0: they were not made with one.
  virtual Fingerprint origin() = 0;
};

}  // namespace crier
