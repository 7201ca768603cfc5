// SPDX-License-Identifier: MIT
#include "serve/outcomes.hpp"

#include "serve/access_tokens.hpp"

#include <algorithm>

namespace crier::cli {

std::string Outcomes::keep(Html what) {
  const std::lock_guard lock(mutex_);
  if (kept_.size() == kMost) {
    kept_.pop_front();
  }
  return kept_.emplace_back(random_secret(), std::move(what)).first;
}

Html Outcomes::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(kept_, id, &std::pair<std::string, Html>::first);
  return found == kept_.end() ? Html() : found->second;
}

}  // namespace crier::cli
