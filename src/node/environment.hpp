// SPDX-License-Identifier: MIT
#pragma once

#include <crier/options.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace crier {

// See Options::from_env(). `variables` are as environ(7) has them: NAME=VALUE.
[[nodiscard]] Options options_from(const std::vector<std::string_view>& variables, Options base);

// The options that can be set so, by their names in Options: "poll_interval", "retry.retries".
[[nodiscard]] std::vector<std::string_view> options_of_environment();

}  // namespace crier
