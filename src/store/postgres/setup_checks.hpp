// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/setup.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace crier::postgres {

// What surrounds crier's tables, judged by what a server has told.

[[nodiscard]] SetupCheck judge_server(std::string_view version, bool is_standby);

// `pooled`: each transaction has another session; `listens_elsewhere`: the URL has a `listen`.
[[nodiscard]] SetupCheck judge_pooler(bool pooled, bool listens_elsewhere);

// The server's clock is `ahead` of this machine's; half of `round_trip` is what isn't known of
// that.
[[nodiscard]] SetupCheck judge_clock(std::chrono::milliseconds ahead,
                                     std::chrono::milliseconds round_trip);

// What a role may do with the tables.
struct RightsFound {
  std::string role;
  bool reads = false;
  bool publishes = false;
  bool is_node = false;  // beats, leads and prunes
  bool migrates = false;
};
[[nodiscard]] SetupCheck judge_rights(const RightsFound& rights);

}  // namespace crier::postgres
