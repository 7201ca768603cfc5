// SPDX-License-Identifier: MIT
#pragma once

#include "serve/html.hpp"
#include "serve/samples.hpp"

#include <deque>
#include <string>

// Pictures of what was seen lately, as SVG that needs no script.
namespace crier::cli {

// A strip for one node: how long it was behind, the newest to the right.
[[nodiscard]] Html freshness_strip(const std::deque<Sample>& samples, const std::string& node);
// Bars: entries per second.
[[nodiscard]] Html rate_chart(const std::deque<Sample>& samples);

}  // namespace crier::cli
