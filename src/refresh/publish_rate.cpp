// SPDX-License-Identifier: MIT
#include "refresh/publish_rate.hpp"

#include <algorithm>
#include <utility>

namespace crier {

void PublishRate::roll(Time now) {
  constexpr std::uint64_t kMemory = kPatience / kWindow;
  if (now - window_ > kPatience) {  // nothing was asked for long: the windows between were idle
    count_ = 0;
    window_ = now - kPatience;
  }
  for (; now - window_ >= kWindow; window_ += kWindow) {
    last_ = std::exchange(count_, 0);
    if (is_high(last_)) {
      high_since_ = high_since_.value_or(window_);
      if (window_ - *high_since_ < kPatience) {
        continue;  // a storm is not to become usual
      }
      usual_ = static_cast<double>(last_);
    }
    high_since_.reset();
    windows_ = std::min(windows_ + 1, kMemory);
    usual_ += (static_cast<double>(last_) - usual_) / static_cast<double>(windows_);
  }
}

}  // namespace crier
