// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace crier::postgres {

// Who else listens: each proves twice a minute that it does, or rings. While one change follows
// another, many of them would ask the server at the same moments; a few may.
class ListenerSpread {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void heard(std::string_view from, Time now) {
    last_[std::string(from)] = now;
    if (last_.size() > kFew) {
      std::erase_if(last_, [&](const auto& one) { return now - one.second > kHeardWithin; });
    }
  }

  // The longest that a look should wait: as long as the server is busy with all of theirs.
  [[nodiscard]] std::chrono::microseconds spread() const {
    using namespace std::chrono_literals;
    const std::chrono::microseconds theirs = 50us * last_.size();
    return last_.size() <= kFew ? 0us : std::min<std::chrono::microseconds>(theirs, 5ms);
  }

 private:
  static constexpr std::size_t kFew = 10;
  static constexpr std::chrono::seconds kHeardWithin{90};

  std::map<std::string, Time> last_;
};

}  // namespace crier::postgres
