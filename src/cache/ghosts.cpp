// SPDX-License-Identifier: MIT
#include "cache/ghosts.hpp"

#include <algorithm>
#include <new>

namespace crier {

void Ghosts::fit(std::size_t entries) noexcept {
  if (entries <= entries_ + entries_ / 2) {
    return;
  }
  constexpr std::size_t kEach = 2;
  const std::size_t count = entries * kEach / std::tuple_size_v<Bucket> + 1;
  buckets_.reset(new (std::nothrow) Bucket[count]());
  count_ = buckets_ == nullptr ? 0 : count;
  entries_ = entries;
}

void Ghosts::add(std::size_t hash, const Ghost& ghost) noexcept {
  const auto part = static_cast<std::uint32_t>(ghost.part);
  const std::size_t stamp = ++evicted_[part] / unit();
  if (count_ == 0) {
    return;
  }
  Bucket& cells = bucket(hash);
  std::ranges::move_backward(cells.begin(), cells.end() - 1, cells.end());
  cells.front() = {.is_used = 1,
                   .print = print(hash) & 0xFFFU,
                   .frequency = ghost.frequency & 0xFU,
                   .era = ghost.era & kEraMask,
                   .part = part & 1U,
                   .stamp = static_cast<std::uint32_t>(stamp % kStamps)};
}

std::optional<Ghosts::Ghost> Ghosts::take(std::size_t hash) noexcept {
  if (count_ == 0) {
    return std::nullopt;
  }
  Bucket& cells = bucket(hash);
  const auto found = std::ranges::find_if(cells, [print = print(hash)](const Cell& cell) {
    return cell.is_used != 0 && cell.print == print;
  });
  if (found == cells.end()) {
    return std::nullopt;
  }
  const Cell cell = *found;
  std::move(found + 1, cells.end(), found);
  cells.back() = {};
  const std::size_t later = (evicted_[cell.part] / unit() + kStamps - cell.stamp) % kStamps;
  return Ghost{cell.frequency, cell.era, static_cast<Part>(cell.part), later * unit()};
}

}  // namespace crier
