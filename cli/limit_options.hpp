// SPDX-License-Identifier: MIT
#pragma once

#include "facts.hpp"

#include <string>

namespace CLI {
class App;
}

namespace crier::cli {

// --max-behind, --max-lag and --min-nodes, as they were given.
struct LimitOptions {
  std::string max_lag = "1000";
  std::string max_behind = "10s";
  std::string min_nodes = "1";

  // `app` holds references into this.
  void add_to(CLI::App& app);
  // Throws a usage error.
  [[nodiscard]] Limits limits() const;
};

}  // namespace crier::cli
