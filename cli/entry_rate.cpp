// SPDX-License-Identifier: MIT
#include "entry_rate.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace crier::cli {

void EntryRate::add(EntryId newest, Time now) {
  constexpr std::size_t kLooks = 10;
  if (!looks_.empty() && newest < looks_.back().first) {
    looks_.clear();  // the log was replaced
  }
  looks_.emplace_back(newest, now);
  if (looks_.size() > kLooks) {
    looks_.pop_front();
  }
}

// By hand, since a stream would write it as the locale has it.
std::string EntryRate::text() const {
  using std::chrono::milliseconds;
  const auto time =
      looks_.empty()
          ? milliseconds(0)
          : std::chrono::duration_cast<milliseconds>(looks_.back().second - looks_.front().second);
  if (time <= milliseconds(0)) {
    return "";
  }
  const std::int64_t entries = looks_.back().first.value - looks_.front().first.value;
  // As a double, and bounded: the ids of a log may be anything.
  const double tenths = static_cast<double>(entries) * 10'000 / static_cast<double>(time.count());
  const auto rounded = static_cast<std::int64_t>(std::min(tenths + 0.5, 9e18));
  return std::to_string(rounded / 10) + "." + std::to_string(rounded % 10) + " entries/s";
}

}  // namespace crier::cli
