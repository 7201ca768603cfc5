// SPDX-License-Identifier: MIT
#include "cache/hybrid/sweep.hpp"

#include <crier/error.hpp>

#include <algorithm>

namespace crier {
namespace {

// All that its values are void by.
bool has_same_values(const HybridRecord& a, const HybridRecord& b) {
  return a.generation == b.generation && a.floor == b.floor;
}

}  // namespace

void Sweep::step(Time now) {
  if (shared_ == nullptr || now < rests_until_) {
    return;
  }
  try {
    walk_on(now);
    failures_ = 0;
  } catch (const Error&) {
    constexpr std::chrono::minutes kFirst{1};
    constexpr int kMostDoublings = 6;
    const auto rest = kFirst * (1 << std::min(failures_, kMostDoublings));
    rests_until_ = now + rest;
    begun_ += rest;  // it is no time of the walk
    ++failures_;
    throw;
  }
}

void Sweep::walk_on(Time now) {
  if (place_.empty()) {
    walked_ = shared_->read(cache_, {}, {}).record;
    if (walked_.generation == 0 || has_same_values(walked_, swept_)) {
      return;
    }
    begun_ = now;
  }
  SharedHalf::Swept part = shared_->sweep(cache_, place_);
  removed_ += part.removed;
  place_ = std::move(part.place);
  if (place_.empty()) {
    // A busy cache forgets marks, and so raises its floor, all the time.
    constexpr int kTenth = 9;
    rests_until_ = now + kTenth * (now - begun_);
    swept_ = walked_;
  }
}

}  // namespace crier
