// SPDX-License-Identifier: MIT
#pragma once

#include "serve/html.hpp"

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace crier::cli {

// What came of actions lately, for the pages to which they lead: a link can't claim any.
// Thread-safe.
class Outcomes {
 public:
  // By what find() knows it again, which nobody can guess.
  [[nodiscard]] std::string keep(Html what);
  // Empty if it is not known, or no longer.
  [[nodiscard]] Html find(std::string_view id) const;

 private:
  static constexpr std::size_t kMost = 200;

  mutable std::mutex mutex_;
  std::deque<std::pair<std::string, Html>> kept_;  // guarded by mutex_; oldest first
};

}  // namespace crier::cli
