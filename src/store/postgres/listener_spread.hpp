// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>

namespace crier::postgres {

// Who else listens: each proves twice a minute that it does, or rings. While one change follows
// another, many of them would ask the server at the same moments; a few may. Names are easily made
// up: no more are remembered than make a difference.
class ListenerSpread {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void heard(const Guid& from, Time now) {
    if (last_.size() > kFew && now >= forget_at_) {
      forget_at_ = now + std::chrono::seconds(1);
      std::erase_if(last_, [&](const auto& one) { return now - one.second > kHeardWithin; });
    }
    if (const auto known = last_.find(from); known != last_.end()) {
      known->second = now;
    } else if (last_.size() < kMost) {
      last_.emplace(from, now);
    }
  }

  // The longest that a look should wait: as long as the server is busy with all of theirs.
  [[nodiscard]] std::chrono::microseconds spread() const {
    return last_.size() <= kFew ? std::chrono::microseconds(0)
                                : kOfEach * static_cast<std::int64_t>(last_.size());
  }

 private:
  static constexpr std::size_t kFew = 10;
  static constexpr std::size_t kMost = 100;
  static constexpr std::chrono::microseconds kOfEach{50};
  static constexpr std::chrono::seconds kHeardWithin{90};

  std::map<Guid, Time> last_;
  Time forget_at_;  // not before
};

}  // namespace crier::postgres
