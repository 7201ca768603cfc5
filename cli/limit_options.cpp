// SPDX-License-Identifier: MIT
#include "limit_options.hpp"

#include "arguments.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>

namespace crier::cli {

void LimitOptions::add_to(CLI::App& app) {
  app.add_option("--max-behind", max_behind,
                 "How long a live node may be behind, as in 500ms or 1m (default: 10s)")
      ->type_name("DURATION");
  app.add_option("--max-lag", max_lag, "How many entries a live node may be behind (default: 1000)")
      ->type_name("N");
  app.add_option("--min-nodes", min_nodes, "How many nodes must be live (default: 1)")
      ->type_name("N");
}

Limits LimitOptions::limits() const {
  return {.max_lag = parse_whole("--max-lag", max_lag),
          .max_behind = parse_duration("--max-behind", max_behind),
          .min_nodes = static_cast<std::size_t>(parse_whole("--min-nodes", min_nodes))};
}

}  // namespace crier::cli
