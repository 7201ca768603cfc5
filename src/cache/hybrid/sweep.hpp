// SPDX-License-Identifier: MIT
#pragma once

#include <crier/shared_half.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace crier {

// Takes off the shared half of one hybrid cache what a clear, or another record, has made void
// there, which would stay until it expires. A walk over all values, once the record calls for one,
// in parts. Used by one thread at a time.
class Sweep {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `shared` may be null: there is nothing to do then.
  Sweep(std::shared_ptr<SharedHalf> shared, std::string cache)
      : shared_(std::move(shared)), cache_(std::move(cache)) {}

  // The next part, if it is time for one. Throws crier::Error; then nothing is done for a while.
  void step(Time now);
  // Whether the next part is to follow soon.
  [[nodiscard]] bool is_under_way() const { return !place_.empty(); }
  // So far.
  [[nodiscard]] std::size_t removed() const { return removed_; }

 private:
  void walk_on(Time now);

  const std::shared_ptr<SharedHalf> shared_;
  const std::string cache_;
  std::string place_;    // empty: no walk is under way
  HybridRecord walked_;  // as it was when the last walk began
  HybridRecord swept_;   // as it was when the last whole walk began
  Time begun_;           // the walk
  Time rests_until_;
  int failures_ = 0;  // in a row
  std::size_t removed_ = 0;
};

}  // namespace crier
