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

/// The records of all hybrid caches in a database, and their values.
class HybridTable {
 public:
  virtual ~HybridTable() = default;
  /// The value of `key`, the record of `cache`, and the newest of `marks` in it; with
  /// an empty `key` there is no value.
  virtual SharedHalf::Read read(std::string_view cache, std::string_view key,
                                std::span<const std::uint64_t> marks) = 0;
  /// The same for each of `asks`, in their order, in one journey. No key is asked for twice.
  virtual std::vector<SharedHalf::Read> read_many(std::string_view cache,
                                                  std::span<const SharedHalf::Ask> asks) = 0;
  /// Changes the record, its marks and a value in one transaction, unless the record is no longer
  /// the one that is expected.
  virtual SharedHalf::Written write(const SharedHalf::Write& write) = 0;
  /// Removes what nobody may serve any more of the next few hundred values of `cache`, from `place`
  /// on; empty: from the first on.
  virtual SharedHalf::Swept sweep(std::string_view cache, const std::string& place) = 0;
  /// A random number that was made with the tables. 0: they were not made with one.
  virtual Fingerprint origin() = 0;
};

}  // namespace crier
