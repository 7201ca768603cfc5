// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace crier {

// What a cache remembers of entries that it evicted: for about the last two of them for each that
// it holds, in 4 bytes each. At times it takes one key for another, which costs a hit.
class Ghosts {
 public:
  enum class Part : bool { window, main };
  struct Ghost {
    unsigned frequency = 0;  // 15 at the most
    unsigned era = 0;        // in which it was that; the lowest bits count
    Part part = Part::window;
    std::size_t later = 0;  // evictions from that part since
  };
  static constexpr unsigned kEraMask = 3;

  // For a cache of so many entries; forgets all if it grows much. Does without if there is no
  // memory.
  void fit(std::size_t entries) noexcept;
  // `later` is not looked at.
  void add(std::size_t hash, const Ghost& ghost) noexcept;
  // Which is forgotten then.
  [[nodiscard]] std::optional<Ghost> take(std::size_t hash) noexcept;

 private:
  // Two bytes would hold no stamp, eight would be much beside an entry.
  struct Cell {
    std::uint32_t is_used : 1 = 0;
    std::uint32_t print : 12 = 0;
    std::uint32_t frequency : 4 = 0;
    std::uint32_t era : 2 = 0;
    std::uint32_t part : 1 = 0;
    std::uint32_t stamp : 12 = 0;
  };
  static constexpr std::size_t kStamps = 4096;
  // The newest first.
  using Bucket = std::array<Cell, 8>;

  [[nodiscard]] Bucket& bucket(std::size_t hash) const noexcept {
    return buckets_[((hash >> 32U) * count_) >> 32U];
  }
  [[nodiscard]] static std::uint32_t print(std::size_t hash) noexcept {
    return (hash >> 16U) & 0xFFFU;
  }
  // A stamp must not come again as long as a ghost is here.
  [[nodiscard]] std::size_t unit() const noexcept { return entries_ / 1024 + 1; }

  std::unique_ptr<Bucket[]> buckets_;
  std::size_t count_ = 0;                 // of buckets_
  std::size_t entries_ = 0;               // for which it was made
  std::array<std::size_t, 2> evicted_{};  // from each part
};

}  // namespace crier
