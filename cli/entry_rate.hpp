// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <chrono>
#include <deque>
#include <string>
#include <utility>

namespace crier::cli {

// How fast a log grows, by its newest ids at the last few looks.
class EntryRate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void add(EntryId newest, Time now);
  // "12.4 entries/s"; empty before the second look.
  [[nodiscard]] std::string text() const;

 private:
  std::deque<std::pair<EntryId, Time>> looks_;
};

}  // namespace crier::cli
