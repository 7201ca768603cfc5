// SPDX-License-Identifier: MIT
#include "cache/redis/refusal.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace crier::redis {

Refusal refusal_of(std::string_view error) {
  using enum Refusal;
  constexpr std::array<std::pair<std::string_view, Refusal>, 10> kKnown{{
      {"BUSY", later},          // a script runs
      {"TRYAGAIN", later},      // a slot moves
      {"ASK", later},           //
      {"MOVED", elsewhere},     // it has
      {"READONLY", elsewhere},  // a replica
      {"LOADING", unfit},       // it has just been started
      {"MASTERDOWN", unfit},    // a replica without its master
      {"CLUSTERDOWN", unfit},   //
      {"MISCONF", unfit},       // it can't save
      {"NOREPLICAS", unfit},    // too few replicas follow
  }};
  const std::string_view word = error.substr(0, error.find(' '));
  const auto* const known =
      std::ranges::find(kKnown, word, [](const auto& one) { return one.first; });
  return known == kKnown.end() ? lasting : known->second;
}

}  // namespace crier::redis
